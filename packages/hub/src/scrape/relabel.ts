import { createHash } from 'node:crypto'

import { expand, Pattern } from '@sightline/promql'

/** What a relabelling rule does. `keepequal` and `dropequal` compare with the value of `targetLabel`. */
export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const

export type RelabelAction = (typeof RELABEL_ACTIONS)[number]

/**
 * A rule of `relabel_configs` or `metric_relabel_configs`, as plain data.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export interface RelabelRule {
  readonly action: RelabelAction
  readonly sourceLabels: readonly string[]
  readonly separator: string
  /** In RE2's syntax. It must match the whole text. */
  readonly regex: string
  readonly targetLabel: string
  readonly replacement: string
  readonly modulus: number
}

/** Changes labels in place. False: what has these labels is dropped. */
export type Relabelling = (labels: Map<string, string>) => boolean

const LABEL_NAME = /^[a-zA-Z_]\w*$/

/** Whether a text can be the name of a label. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name)
}

/** Compiles rules. They apply in their order. Throws an `Error` with RE2's sentence for an invalid regular expression. */
export function createRelabelling(rules: readonly RelabelRule[]): Relabelling {
  const steps = rules.map(step)
  return (labels) => steps.every((apply) => apply(labels))
}

function step(rule: RelabelRule): Relabelling {
  const { action, sourceLabels, separator, targetLabel, replacement } = rule
  const pattern = new Pattern(rule.regex)
  const source = (labels: Map<string, string>) =>
    sourceLabels.map((name) => labels.get(name) ?? '').join(separator)
  switch (action) {
    case 'keep':
      return (labels) => pattern.matches(source(labels))
    case 'drop':
      return (labels) => !pattern.matches(source(labels))
    case 'keepequal':
      return (labels) => (labels.get(targetLabel) ?? '') === source(labels)
    case 'dropequal':
      return (labels) => (labels.get(targetLabel) ?? '') !== source(labels)
    case 'replace':
      return (labels) => {
        const groups = pattern.groups(source(labels))
        if (groups === undefined) return true
        const name = expand(targetLabel, groups)
        const value = isLabelName(name) ? expand(replacement, groups) : ''
        return set(labels, value === '' ? targetLabel : name, value)
      }
    case 'hashmod':
      return (labels) => set(labels, targetLabel, hashOf(source(labels), BigInt(rule.modulus)))
    case 'lowercase':
      return (labels) => set(labels, targetLabel, source(labels).toLowerCase())
    case 'uppercase':
      return (labels) => set(labels, targetLabel, source(labels).toUpperCase())
    case 'labelmap':
      return (labels) => {
        // Where two labels get one name, the last one in the order of names wins.
        for (const [name, value] of [...labels].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
          const groups = pattern.groups(name)
          if (groups !== undefined) set(labels, expand(replacement, groups), value)
        }
        return true
      }
    case 'labeldrop':
      return (labels) => without(labels, (name) => pattern.matches(name))
    case 'labelkeep':
      return (labels) => without(labels, (name) => !pattern.matches(name))
  }
}

/** A label with an empty value is the same as none. */
function set(labels: Map<string, string>, name: string, value: string): true {
  if (value === '') labels.delete(name)
  else labels.set(name, value)
  return true
}

function without(labels: Map<string, string>, drops: (name: string) => boolean): true {
  for (const name of labels.keys()) if (drops(name)) labels.delete(name)
  return true
}

/** The last 8 bytes of the MD5 hash, as Prometheus does: the same target goes to the same shard. */
function hashOf(text: string, modulus: bigint): string {
  return String(createHash('md5').update(text).digest().readBigUInt64BE(8) % modulus)
}
