import { LEVELS } from '../log/levels.ts'
import type { LogOptions } from '../options/options.ts'
import type { AccessEventRule } from '../options/rules.ts'
import type { Printer } from '../printing/printer.ts'
import { shown } from '../requirements/requirements.ts'
import type { FaultReporter, Fields, RequestRecord } from '../seam.ts'
import type { NoEvent, Rule, RuledRequest, Said } from './event.ts'
import { sampling } from './sampling.ts'

/** The additions to the event of a request, or the reason for having no event. */
export type EventRules = (record: RequestRecord, request: RuledRequest) => Said | NoEvent

/** The parts that the rules need. */
interface RulesSetup {
  readonly printer: Printer
  readonly fault: FaultReporter
  /** The rule that adds headers and bodies. */
  readonly messages: Rule | undefined
}

/** Combines the rules that change access events. `undefined`: there are no rules, and all events are default ones. */
export function accessEventRules(
  { event, sample }: Pick<LogOptions, 'event' | 'sample'>,
  { printer, fault, messages }: RulesSetup,
): EventRules | undefined {
  const rules: Rule[] = []
  if (event) rules.push(applicationRule(event, printer, fault))
  if (sample) rules.push(sampling(sample))
  // The last rule, because events that are left out need no headers and bodies.
  if (messages) rules.push(messages)
  if (rules.length === 0) return undefined
  return (record, request) => {
    let all: Said = {}
    for (const rule of rules) {
      const said = rule(record, request, all)
      if (typeof said === 'string') return said
      all = { ...all, ...said, fields: { ...all.fields, ...said.fields } }
    }
    return all
  }
}

/** The application's own rule. If it throws, the event is the default one. */
function applicationRule(event: AccessEventRule, printer: Printer, fault: FaultReporter): Rule {
  return (record, { exchange: { req, res } }) => {
    try {
      const settled = event(record, req, res)
      if (settled === false || settled?.level === 'silent') return 'unwanted'
      const { level, message, fields } = settled ?? {}
      if (level !== undefined && !LEVELS.includes(level))
        throw new TypeError(
          `the level of an event is ${shown(level)}, but must be one of ${LEVELS.join(', ')}`,
        )
      const printed: Fields = {}
      if (fields) printer.addTo(printed, fields)
      return {
        ...(level && { level }),
        ...(typeof message === 'string' && { message: printer.text(message) }),
        fields: printed,
      }
    } catch (error) {
      fault('option log.event', error)
      return {}
    }
  }
}
