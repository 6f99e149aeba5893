import type { Server } from 'node:http'

import type { Sightline } from '@sightline/core'

/** A request to a program, and the expected result. */
export interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** A message sent over a WebSocket at this path, in place of a request. */
  readonly webSocket?: string
  /** The status of the response, with and without the kit. */
  readonly status: number
  /** The expected route in the kit's metrics. Absent if none matches. */
  readonly route?: string
}

/** A popular package, in a program from its own documentation. */
export interface Part {
  readonly name: string
  /** Builds the program, with or without a Sightline. That is the only difference. */
  readonly build: (sightline: Sightline | undefined) => Server | Promise<Server>
  readonly asks: readonly Ask[]
}

/** A served part, as reported by its program. */
export interface Served {
  readonly name: string
  readonly port: number
  readonly asks: readonly Ask[]
}

/** The end of a request, as reported by the kit. */
export interface Event {
  readonly part: string
  /** The request's id. */
  readonly id: string
  /** The fields of its access event. */
  readonly route: string | null
  readonly status: number
  readonly outcome: string
}

/** The messages of a process to its parent. */
export type Told =
  | { readonly served: readonly Served[] }
  | { readonly event: Event }
  | { readonly complaint: string }

/**
 * The route of responses without a route below a mount path (`use`, `mount` or the like). The path is text of
 * the application, so its number is bounded.
 */
export const mounted = (path: string) => ({ route: `${path}/*` }) as const

const json = { 'content-type': 'application/json' } as const

/** A POST with JSON. */
export const posted = (body: unknown) =>
  ({ method: 'POST', headers: json, body: JSON.stringify(body) }) as const

const BOUNDARY = 'boundary-of-a-form'

/** A POST with a form of one file and one field. */
export const uploaded = {
  method: 'POST',
  headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  body: [
    `--${BOUNDARY}`,
    'content-disposition: form-data; name="title"',
    '',
    'a cup',
    `--${BOUNDARY}`,
    'content-disposition: form-data; name="picture"; filename="cup.txt"',
    'content-type: text/plain',
    '',
    'y'.repeat(3_000),
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n'),
} as const

export const LONG = { items: Array.from({ length: 500 }, (_, n) => ({ n, name: `item ${n}` })) }
export const GZIP = { 'accept-encoding': 'gzip' } as const
