import { readFile } from 'node:fs/promises'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

import type { Credentials, ScrapeConfig, Secret, TlsSettings } from './config/scrape-config.ts'

/** The formats in their order of preference, as Prometheus 2.42 asks for them. */
const ACCEPT =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
/** As Go's client, which Prometheus uses. */
const MAX_REDIRECTS = 10
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** The body of a target. */
interface FetchedBody {
  /** Decompressed. It has a memory of its own, so that it can be transferred to another thread. */
  readonly body: Uint8Array
  readonly contentType: string
}

/** Fetches the body of a URL. Rejects with an `Error` that says what is wrong with the target. */
export type Fetch = (url: string, timeoutMs: number, signal: AbortSignal) => Promise<FetchedBody>

/** Creates the client of a job, which keeps connections open between scrapes. */
export function createFetch(
  config: Pick<ScrapeConfig, 'bodySizeLimit' | 'credentials' | 'followRedirects' | 'tls'>,
): { fetch: Fetch; close(): void } {
  const plain = new http.Agent({ keepAlive: true })
  let secure: Promise<https.Agent> | undefined

  async function respond(
    url: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const agent = url.protocol === 'https:' ? await (secure ??= tlsAgent(config.tls)) : plain
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const options = { agent, headers, signal }
    const request =
      url.protocol === 'https:' ? https.request(url, options, resolve) : http.request(url, options, resolve)
    request.on('error', reject).end()
    return promise
  }

  async function follow(
    start: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const authorization = await authorizationOf(config.credentials)
    let url = start
    for (let redirects = 0; ; redirects++) {
      // Credentials are for the target alone: unlike Prometheus 2.42, a redirect does not carry them elsewhere.
      const isTarget = url.origin === start.origin
      const sent = { ...headers, ...(isTarget && authorization !== undefined && { authorization }) }
      const response = await respond(url, sent, signal)
      const { statusCode = 0, headers: got } = response
      if (!config.followRedirects || !REDIRECTS.has(statusCode) || got.location === undefined) return response
      response.destroy()
      const next = URL.parse(got.location, url.href)
      if (next === null || !/^https?:$/.test(next.protocol))
        throw new Error(`cannot follow a redirect to ${JSON.stringify(got.location)}`)
      if (redirects === MAX_REDIRECTS - 1) throw new Error(`stopped after ${MAX_REDIRECTS} redirects`)
      url = next
    }
  }

  return {
    async fetch(url, timeoutMs, signal) {
      const timeout = AbortSignal.timeout(timeoutMs)
      const headers = {
        accept: ACCEPT,
        'accept-encoding': 'gzip',
        'user-agent': 'Sightline',
        'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1_000),
      }
      try {
        const response = await follow(new URL(url), headers, AbortSignal.any([signal, timeout]))
        const { statusCode, statusMessage = '' } = response
        if (statusCode !== 200) {
          response.destroy()
          throw new Error(`server returned HTTP status ${statusCode} ${statusMessage}`.trimEnd())
        }
        const isGzip = response.headers['content-encoding'] === 'gzip'
        const body = await readBody(
          response,
          isGzip,
          config.bodySizeLimit,
          AbortSignal.any([signal, timeout]),
        )
        return { body, contentType: response.headers['content-type'] ?? '' }
      } catch (error) {
        if (timeout.aborted)
          throw new Error(`no complete answer within ${timeoutMs / 1_000} s`, { cause: error })
        throw error
      }
    },
    close() {
      plain.destroy()
      void secure?.then(
        (agent) => agent.destroy(),
        () => {},
      )
    },
  }
}

/** Reads a body of at most `limit` bytes, after decompression. */
async function readBody(
  response: IncomingMessage,
  isGzip: boolean,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const collected = new Writable({
    write(chunk: Uint8Array, _, done) {
      size += chunk.length
      chunks.push(chunk)
      done(size > limit ? new Error('body size limit exceeded') : undefined)
    },
  })
  await (isGzip
    ? pipeline(response, createGunzip(), collected, { signal })
    : pipeline(response, collected, { signal }))
  const body = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return body
}

async function textOf(secret: Secret): Promise<string> {
  return 'text' in secret ? secret.text : (await readFile(secret.file, 'utf8')).trim()
}

async function authorizationOf(credentials: Credentials | undefined): Promise<string | undefined> {
  if (credentials === undefined) return undefined
  const secret = await textOf(credentials.secret)
  return credentials.kind === 'authorization'
    ? `${credentials.type} ${secret}`
    : `Basic ${Buffer.from(`${credentials.username}:${secret}`).toString('base64')}`
}

async function tlsAgent(tls: TlsSettings | undefined): Promise<https.Agent> {
  const [ca, cert, key] = await Promise.all(
    [tls?.caFile, tls?.certFile, tls?.keyFile].map(async (file) =>
      file === undefined ? undefined : await readFile(file),
    ),
  )
  return new https.Agent({
    keepAlive: true,
    rejectUnauthorized: tls?.insecureSkipVerify !== true,
    ...(tls?.serverName !== undefined && { servername: tls.serverName }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  })
}
