import { readFile } from 'node:fs/promises'

import {
  type IServiceMonitor,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1'
import { PodDisruptionBudget, type IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { type IService, Service } from 'kubernetes-models/v1'
import { parseAllDocuments } from 'yaml'

/** Whatever a file for Kubernetes may hold. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
}

/** The manifests that run one service. */
export interface ServiceManifests {
  readonly deployment: IDeployment
  readonly service: IService
  readonly disruptions: IPodDisruptionBudget
}

/** The types of Kubernetes' own API that are used here, each with the check that comes from its OpenAPI schema. */
const KINDS = [Deployment, Service, PodDisruptionBudget, ServiceMonitor]

/** The text of a file in `deploy/kubernetes`. */
export function textOf(file: string): Promise<string> {
  return readFile(new URL(`../kubernetes/${file}`, import.meta.url), 'utf8')
}

/** The manifests in a text of YAML. */
export function manifestsIn(yaml: string): Manifest[] {
  return parseAllDocuments(yaml, { strict: true }).map((document) => {
    const [error] = document.errors
    if (error) throw error
    return document.toJS() as Manifest
  })
}

/** The manifests of one service. */
export async function manifestsOf(name: string): Promise<ServiceManifests> {
  const [deployment, service, disruptions] = manifestsIn(await textOf(`${name}.yaml`))
  return { deployment, service, disruptions } as unknown as ServiceManifests
}

/** The monitor of all services. */
export async function monitorOf(file: string): Promise<IServiceMonitor> {
  const [monitor] = manifestsIn(await textOf(file))
  return monitor as unknown as IServiceMonitor
}

/** What Kubernetes would say against a manifest, also of fields that it does not know. */
export function problemsOf(manifest: Manifest): string[] {
  const kind = KINDS.find((each) => each.kind === manifest.kind && each.apiVersion === manifest.apiVersion)
  if (!kind) return [`unknown kind ${manifest.apiVersion} ${manifest.kind}`]
  const read = new Map<object, Set<string>>()
  try {
    kind.prototype.validate.call(watched(manifest, read) as InstanceType<typeof kind>)
  } catch (error) {
    return [(error as Error).message]
  }
  return unreadIn(manifest, read, '')
}

/** A value that notes which of its fields are read. The schema's check reads those that the schema has, and no others. */
function watched<T>(value: T, read: Map<object, Set<string>>): T {
  if (typeof value !== 'object' || value === null) return value
  const fields = read.get(value) ?? new Set<string>()
  read.set(value, fields)
  return new Proxy(value, {
    get(target, field, receiver) {
      if (typeof field === 'string') fields.add(field)
      return watched(Reflect.get(target, field, receiver) as unknown, read)
    },
  })
}

function unreadIn(value: unknown, read: ReadonlyMap<object, ReadonlySet<string>>, path: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([field, inner]) =>
    read.get(value)?.has(field)
      ? unreadIn(inner, read, `${path}/${field}`)
      : [`unknown field ${path}/${field}`],
  )
}
