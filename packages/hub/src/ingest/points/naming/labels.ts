import type { AttributeSet, AttributeValue, ReadResource } from '@sightline/otlp'

import type { Labels } from '../../../store/samples.ts'
import { labelName } from './names.ts'

/** Resource attributes that become the labels `job` and `instance`. */
const IDENTIFYING: ReadonlySet<string> = new Set(['service.name', 'service.namespace', 'service.instance.id'])

/**
 * The labels of a point: its attributes, `job` and `instance` of its resource, and `extra`, in ascending precedence. Attributes whose
 * names become the same are joined with semicolons, in the order of their names.
 */
export function pointLabels(attributes: AttributeSet, target: Labels, extra: Labels): Labels {
  return { ...labelsOfAttributes(attributes), ...target, ...extra }
}

/** `job` and `instance` of a resource, where it has a service name and an instance id. */
export function targetLabels({ attributes }: ReadResource): Labels {
  const name = attributes['service.name']
  const namespace = attributes['service.namespace']
  const instance = attributes['service.instance.id']
  const labels: Record<string, string> = {}
  if (name !== undefined)
    labels['job'] = namespace === undefined ? valueText(name) : `${valueText(namespace)}/${valueText(name)}`
  if (instance !== undefined) labels['instance'] = valueText(instance)
  return labels
}

/** The attributes of a resource that are not in `job` or `instance`, as labels. */
export function descriptiveLabels({ attributes }: ReadResource): Labels {
  return labelsOfAttributes(
    Object.fromEntries(Object.entries(attributes).filter(([key]) => !IDENTIFYING.has(key))),
  )
}

/** Attributes as labels. */
export function labelsOfAttributes(attributes: AttributeSet): Labels {
  const labels = new Map<string, string>()
  for (const key of Object.keys(attributes).toSorted()) {
    const name = labelName(key)
    const value = attributes[key]
    if (name === undefined || value === undefined) continue
    const text = valueText(value)
    const other = labels.get(name)
    labels.set(name, other === undefined ? text : `${other};${text}`)
  }
  return Object.fromEntries(labels)
}

/** The text of an attribute: JSON for lists and maps, base64 for bytes. */
function valueText(value: AttributeValue): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'object') return JSON.stringify(value, plain)
  return String(value)
}

/** What JSON has no form for. */
function plain(_key: string, value: AttributeValue): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
