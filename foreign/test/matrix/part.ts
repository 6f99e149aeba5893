import type { Server } from 'node:http'

import type { Sightline } from '@sightline/core'

/** What is asked of a program, and what it has to say of it. */
export interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** What is sent over a WebSocket at this path, in place of a request. */
  readonly webSocket?: string
  /** The status of the answer, with and without the kit. */
  readonly status: number
  /** The pattern that the kit has to count it under; absent where none matches. */
  readonly route?: string
}

/** A part of an ecosystem, in a program as its own documentation shows it. */
export interface Part {
  readonly name: string
  /** Builds the program: with a Sightline, or without one, which is the only difference. */
  readonly build: (sightline: Sightline | undefined) => Server | Promise<Server>
  readonly asks: readonly Ask[]
}

/** A part as the program that serves it tells of it. */
export interface Served {
  readonly name: string
  readonly port: number
  readonly asks: readonly Ask[]
}

/** The end of a request, as the kit tells of it. */
export interface Event {
  readonly part: string
  /** The request's id. */
  readonly id: string
  /** The fields of its access event. */
  readonly route: string | null
  readonly status: number
  readonly outcome: string
}

/** What a process of parts tells its parent. */
export type Told =
  | { readonly served: readonly Served[] }
  | { readonly event: Event }
  | { readonly complaint: string }

/**
 * The route of what answers below a path of its own without any route: what is mounted there by `use`, `mount` or the
 * like. The path is the application's own text, so it is bounded.
 */
export const mounted = (path: string) => ({ route: `${path}/*` }) as const

const json = { 'content-type': 'application/json' } as const

/** A POST of JSON. */
export const posted = (body: unknown) =>
  ({ method: 'POST', headers: json, body: JSON.stringify(body) }) as const

const BOUNDARY = 'boundary-of-a-form'

/** A POST of a form with one file and one field. */
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
