import type { RequestRecord } from '@sightline/core'
import { CENSOR, createPrinter, createSecrets } from '@sightline/core/telemetry'

const secrets = createSecrets([])
const printer = createPrinter(secrets)

/** Shorter texts stand everywhere by chance. */
const SHORTEST_SECRET = 4

/** The texts that a request brings along and nothing may show. */
export function secretsIn({ headers, body }: RequestInit): string[] {
  const found = new Set<string>()
  for (const [name, value] of new Headers(headers)) {
    if (!secrets.hides(name, value)) continue
    // `Bearer abc`: the word before it is none. `a=b; c=d`: the names are none.
    for (const part of value.split(/[\s;]+/)) found.add(part.slice(part.indexOf('=') + 1))
  }
  if (typeof body === 'string' || body instanceof URLSearchParams) collect(parsed(body), found)
  return [...found].filter((text) => text.length >= SHORTEST_SECRET && !/^(?:bearer|basic)$/i.test(text))
}

/** A record as it is printed, of which secrets have to be told that have no name and no shape. Its fields are printed already. */
export function asPrinted({ fields, ...record }: RequestRecord): unknown {
  return [printer.value(record), fields]
}

/** A secret that was found where it must not be. */
export interface Leak {
  readonly secret: string
  /** The text around it. */
  readonly around: string
}

/** Looks for secrets in a value: for those that are known, for names that hide what they hold, and for what has the shape of one. */
export function leakIn(value: unknown, known: Iterable<string>): Leak | undefined {
  const wanted = [...known]
  return search('', value)

  function search(name: string, each: unknown): Leak | undefined {
    const shown = typeof each === 'string' ? each.replaceAll(CENSOR, '') : each
    if (shown !== '' && secrets.hides(name, shown)) return { secret: `a field called ${name}`, around: name }
    if (typeof shown === 'string') return inText(shown)
    if (typeof shown !== 'object' || shown === null) return undefined
    for (const [key, inner] of Object.entries(shown)) {
      const leak = inText(key) ?? search(key, inner)
      if (leak) return leak
    }
    return undefined
  }

  function inText(text: string): Leak | undefined {
    for (const secret of wanted) {
      const at = text.indexOf(secret)
      if (at >= 0) return { secret: JSON.stringify(secret), around: around(text, at) }
    }
    const masked = secrets.mask(text)
    // What is left of a secret that was masked may be masked once more: spaces.
    if (bare(masked) === bare(text)) return undefined
    return { secret: 'something with the shape of a secret', around: around(text, masked.indexOf(CENSOR)) }
  }
}

function bare(text: string): string {
  return text.replaceAll(CENSOR, '').replace(/\s/g, '')
}

function around(text: string, at: number): string {
  return text.slice(Math.max(0, at - 60), at + 60)
}

function parsed(body: string | URLSearchParams): unknown {
  if (typeof body !== 'string') return Object.fromEntries(body)
  try {
    return JSON.parse(body) as unknown
  } catch {
    return Object.fromEntries(new URLSearchParams(body))
  }
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === 'string' && secrets.hides(name, each)) found.add(each)
    else collect(each, found)
  }
}
