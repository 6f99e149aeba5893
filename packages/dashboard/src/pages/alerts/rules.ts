import type { Line } from '../../api/series.ts'
import type { Alert } from '../../api/shapes.ts'
import type { Grid } from '../../state/time.ts'

type Texts = Readonly<Record<string, string>>

/** A rule as Prometheus' API has it. Rules that record have no state. */
export interface Rule {
  readonly type: 'alerting' | 'recording'
  readonly name: string
  readonly query: string
  readonly labels?: Texts
  readonly annotations?: Texts
  readonly state?: 'firing' | 'pending' | 'inactive'
  readonly alerts?: readonly Alert[]
  /** Why it could not be evaluated. */
  readonly lastError?: string
}

/** Part of the range in which an alert was pending or firing, in milliseconds. */
export interface Stretch {
  readonly state: 'firing' | 'pending'
  readonly from: number
  readonly to: number
}

/** The rules that alert: firing ones first, then pending ones, pages before tickets. */
export function alertingOf(groups: ReadonlyArray<{ readonly rules: readonly Rule[] }>): readonly Rule[] {
  const rank = (rule: Rule) => ['bad', 'warn', 'wait', 'off', 'ok'].indexOf(markOf(rule))
  return groups
    .flatMap(({ rules }) => rules)
    .filter(({ type }) => type === 'alerting')
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'))
}

/** Whether someone is woken for it: its label `severity` says `page` or `critical`. */
export const isPage = ({ labels = {} }: Pick<Rule, 'labels'>) =>
  /page|critical/i.test(labels['severity'] ?? '')

/** The mark of a rule. */
export function markOf(rule: Rule): 'bad' | 'warn' | 'wait' | 'off' | 'ok' {
  if (rule.lastError !== undefined && rule.lastError !== '') return 'off'
  if (rule.state === 'firing') return isPage(rule) ? 'bad' : 'warn'
  return rule.state === 'pending' ? 'wait' : 'ok'
}

/** When the oldest alert of a rule became active, in milliseconds since 1970. */
export function activeSince({ alerts = [] }: Rule): number | undefined {
  const times = alerts.map(({ activeAt }) => Date.parse(activeAt))
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Where a rule's alerts were pending or firing, from the series `ALERTS`. */
export function stretchesOf(lines: readonly Line[], name: string, { start, step }: Grid): readonly Stretch[] {
  return lines
    .filter(({ labels }) => labels['alertname'] === name)
    .flatMap(({ labels, values }) => {
      const state = labels['alertstate'] === 'firing' ? ('firing' as const) : ('pending' as const)
      const found: Stretch[] = []
      let first = -1
      for (const [at, value] of [...values, null].entries()) {
        if (value !== null && first === -1) first = at
        if (value !== null || first === -1) continue
        found.push({ state, from: start + first * step, to: start + at * step })
        first = -1
      }
      return found
    })
    .toSorted((a, b) => Number(a.state === 'firing') - Number(b.state === 'firing'))
}
