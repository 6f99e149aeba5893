import type { FaultReporter } from '../seam.ts'
import { OVERFLOW } from '../series/instruments.ts'
import { boundedLabel, MAX_LABEL_LENGTH } from '../series/labels.ts'

type LabelSet = Readonly<Record<string, string>>

/** The limits of an instrument, and its reports. */
export interface Limits {
  readonly maxSeries: number
  /** Called for each observation beyond the label set limit. */
  readonly refuse: (instrument: string) => void
  /** Called for a wrong use: an unknown label, a value that is no number. */
  readonly fault: FaultReporter
  /** Called once for a valid use whose label value had to be changed. */
  readonly warn: (message: string) => void
}

/** The values that a method accepts. */
interface Values {
  /** Default value. Absent: a value is required. */
  readonly otherwise?: number
  /** Minimum. Absent: all finite numbers are accepted. */
  readonly least?: number
}

/** Protects the client from the user's code: never throws, and limits the number of label sets. */
export interface Guard {
  /** Number of label sets, including the overflow. */
  series(): number
  around(
    values: Values,
    apply: (labels: LabelSet, value: number) => void,
  ): (first?: unknown, second?: unknown) => void
}

const NONE: LabelSet = {}

const SEPARATOR = '\u0000'

/** Creates the guard of one instrument. */
export function guarded(
  name: string,
  labelNames: readonly string[],
  { maxSeries, refuse, fault, warn }: Limits,
): Guard {
  /**
   * Own copies of label sets. The client keeps the object that it gets, and later changes by the user would
   * change the series.
   */
  const sets = new Map<string, LabelSet>()
  const overflow = Object.fromEntries(labelNames.map((label) => [label, OVERFLOW]))
  /** Keys of the client that several label sets could share, since it joins values by `|`. */
  const ambiguous = new Set<string>()
  let overflowed = 0
  let hasCut = false

  function admitted(labels: Readonly<Record<string, unknown>>): LabelSet {
    if (Object.keys(labels).length !== labelNames.length) throw wrongLabels(labels, labelNames)
    let key = ''
    for (let i = 0; i < labelNames.length; i++) {
      const text = textOf(labels, labelNames[i] as string)
      key = i === 0 ? text : `${key}${SEPARATOR}${text}`
    }
    return sets.get(key) ?? newSet(key, labels)
  }

  function newSet(joined: string, labels: Readonly<Record<string, unknown>>): LabelSet {
    const texts = labelNames.map((label) => textOf(labels, label))
    // Values that contain the separator need another key, since joined keys could collide.
    const isOdd = texts.length > 1 && texts.some((text) => text.includes(SEPARATOR))
    const key = isOdd ? JSON.stringify(texts) : joined
    const existing = sets.get(key)
    if (existing !== undefined) return existing
    if (sets.size >= maxSeries) {
      refuse(name)
      overflowed = 1
      return overflow
    }
    const keyOfClient = texts.join('|')
    if (texts.length > 1 && texts.some((text) => text.includes('|'))) {
      if (ambiguous.has(keyOfClient))
        throw new TypeError(
          'the client cannot tell its values with | from those of another series: what was given was left out',
        )
      ambiguous.add(keyOfClient)
    }
    const set = Object.fromEntries(labelNames.map((label, i) => [label, texts[i] ?? '']))
    sets.set(key, set)
    return set
  }

  function textOf(labels: Readonly<Record<string, unknown>>, label: string): string {
    const value = labels[label]
    if (typeof value !== 'string') {
      if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
        return String(value)
      throw wrongLabels(labels, labelNames)
    }
    const text = boundedLabel(value)
    if (text !== value && !hasCut) {
      hasCut = true
      warn(
        `metric ${name} got a value of ${value.length} characters for its label ${label}: it is cut to ${MAX_LABEL_LENGTH}, as all that are longer will be`,
      )
    }
    return text
  }

  return {
    series: () => (labelNames.length === 0 ? 1 : sets.size + overflowed),
    around({ otherwise, least = Number.NEGATIVE_INFINITY }, apply) {
      return (first, second) => {
        try {
          const isSet = labelNames.length > 0 || isPlain(first)
          const given = isSet ? second : first
          const value = given === undefined ? otherwise : given
          if (typeof value !== 'number' || !(value >= least) || value - value !== 0)
            throw wrongValue(given, least)
          if (!isSet) apply(NONE, value)
          else if (typeof first === 'object' && first !== null) {
            // An object of any class may hold labels.
            apply(admitted(first as Record<string, unknown>), value)
          } else throw wrongLabels({}, labelNames)
        } catch (error) {
          fault(`metric ${name}`, error)
        }
      }
    },
  }
}

/** Whether a value is a plain object. Without declared labels, any other object is a wrong value. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** The message names the type of a wrong value, not its text, which may be a secret. */
function wrongValue(value: unknown, least: number): TypeError {
  const what = typeof value === 'number' ? String(value) : kindOf(value)
  const allowed = least === 0 ? 'a finite number from 0 on' : 'a finite number'
  return new TypeError(`its value is ${what}, but must be ${allowed}: it was left out`)
}

function wrongLabels(labels: Readonly<Record<string, unknown>>, names: readonly string[]): TypeError {
  const unknown = Object.keys(labels).find((label) => !names.includes(label))
  if (unknown !== undefined)
    return new TypeError(
      `it has no label ${JSON.stringify(unknown)}, only: ${names.join(', ') || 'none'}; what was given was left out`,
    )
  const wrong = names.find((name) => !['string', 'number', 'boolean', 'bigint'].includes(typeof labels[name]))
  return new TypeError(
    `its label ${wrong} is ${kindOf(wrong === undefined ? undefined : labels[wrong])}, but must be a text or a number: what was given was left out`,
  )
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  return value === null ? 'null' : `of type ${typeof value}`
}
