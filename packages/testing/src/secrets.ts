import type { RequestRecord } from '@sightline/core'
import { CENSOR, createPrinter, createSecrets } from '@sightline/core/telemetry'

const secrets = createSecrets([])
const printer = createPrinter(secrets)

/** A shorter text may appear anywhere by chance. */
const SHORTEST_SECRET = 4

/** The texts of a request that must not appear in any output. */
export function secretsIn({ headers, body }: RequestInit): string[] {
  const found = new Set<string>()
  for (const [name, value] of new Headers(headers)) {
    if (!secrets.hides(name, value)) continue
    // `Bearer abc`: the scheme is not secret. `a=b; c=d`: the names are not secret.
    for (const part of value.split(/[\s;]+/)) found.add(part.slice(part.indexOf('=') + 1))
  }
  if (typeof body === 'string' || body instanceof URLSearchParams) collect(parsed(body), found)
  return [...found].filter((text) => text.length >= SHORTEST_SECRET && !/^(?:bearer|basic)$/i.test(text))
}

/**
 * The part of a record in which secrets without a name or shape are searched. Its fields are already printed.
 */
export function asPrinted({ fields, ...record }: RequestRecord): unknown {
  return [printer.value(record), fields]
}

/** A secret found in the output. */
export interface Leak {
  readonly secret: string
  /** The surrounding text. */
  readonly around: string
}

/** Searches a value for known secrets, secret names, and texts with the shape of a secret. */
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
    // A masked secret may be masked again with other spaces.
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
