import { Pattern } from '@sightline/promql'

import { isLabelName, RELABEL_ACTIONS, type RelabelAction, type RelabelRule } from '../relabel.ts'
import type { Section } from './section.ts'

/** A name of a label that may refer to groups: `port_${1}`. */
const TEMPLATE = /^(?:[a-zA-Z_]|\$(?:\{\w+\}|\w))(?:\w|\$(?:\{\w+\}|\w))*$/
const NEEDS_TARGET = new Set<RelabelAction>([
  'replace',
  'hashmod',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
])
const REGEX = '(.*)'
const SEPARATOR = ';'
const REPLACEMENT = '$1'

/** Reads the rules of `relabel_configs` or `metric_relabel_configs`, with the checks of Prometheus. */
export function relabelRules(section: Section, name: string): readonly RelabelRule[] {
  return section.sections(name).map(relabelRule)
}

function relabelRule(section: Section): RelabelRule {
  const action = actionOf(section)
  const rule: RelabelRule = {
    action,
    sourceLabels: section.texts('source_labels'),
    separator: section.textOrEmpty('separator') ?? SEPARATOR,
    regex: section.textOrEmpty('regex') ?? REGEX,
    targetLabel: section.text('target_label') ?? '',
    // An empty replacement deletes the label.
    replacement: section.textOrEmpty('replacement') ?? REPLACEMENT,
    modulus: section.count('modulus') ?? 0,
  }
  const { targetLabel } = rule
  const names = rule.sourceLabels.filter((label) => !isLabelName(label))
  if (names.length > 0)
    section.error('source_labels', `names of labels, which ${JSON.stringify(names[0])} is not`)
  if (!isRegex(rule.regex)) section.error('regex', 'a regular expression in the syntax of RE2')
  if (NEEDS_TARGET.has(action)) {
    const isTarget = action === 'replace' ? isTemplate(targetLabel) : isLabelName(targetLabel)
    if (!isTarget) section.error('target_label', `the name of a label, which the action ${action} needs`)
  }
  if (action === 'labelmap' && !isTemplate(rule.replacement))
    section.error('replacement', 'the name of a label')
  if (action === 'hashmod' && rule.modulus === 0) section.error('modulus', 'a number above 0')
  for (const unread of section.unread()) section.note(`${section.placeOf(unread)} is not used.`)
  return rule
}

function actionOf(section: Section): RelabelAction {
  const text = section.text('action') ?? 'replace'
  const action = RELABEL_ACTIONS.find((each) => each === text.toLowerCase())
  if (action === undefined) section.error('action', `one of ${RELABEL_ACTIONS.join(', ')}`)
  return action ?? 'replace'
}

function isTemplate(name: string): boolean {
  return TEMPLATE.test(name)
}

function isRegex(text: string): boolean {
  try {
    return new Pattern(text) instanceof Pattern
  } catch {
    return false
  }
}
