import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'

import { expect } from '@jest/globals'

import { type StateExpectation, type Step, TRACE } from './cases.ts'

/** The counterpart of a service: sends it requests, and receives the requests that it makes. */
export interface Harness {
  /** Sends requests to the service at a URL. A violation is a failed expectation. */
  run(url: string, steps: readonly Step[]): Promise<void>
  close(): Promise<void>
}

/** A raw header. */
type Header = readonly [name: string, value: string]

/** Starts a harness. */
export async function startHarness(): Promise<Harness> {
  const seen = new Map<string, readonly Header[]>()
  let requests = 0
  const server = createServer((req, res) => {
    seen.set(req.url ?? '', pairsOf(req.rawHeaders))
    req.resume()
    res.end()
  })
  const own = await listening(server)

  /** The outbound requests of the service for one of ours. */
  async function callsFor(
    url: string,
    { headers, calls = 1 }: Step,
  ): Promise<ReadonlyArray<readonly Header[]>> {
    const paths = Array.from({ length: calls }, (_, i) => `/${++requests}.${i}`)
    const status = await post(url, headers, JSON.stringify(paths.map((path) => `${own}${path}`)))
    expect(status).toMatch(/^HTTP\/1\.1 200 /)
    return paths.map((path) => seen.get(path) ?? [])
  }

  return {
    async run(url, steps) {
      let before = 0
      for (const step of steps) {
        const calls = await callsFor(url, step)
        const sizes = calls.map((headers) => check(headers, step, before))
        const spans = calls.map((headers) => parentOf(headers).span)
        expect(new Set(spans).size).toBe(calls.length)
        before = sizes[0] ?? 0
      }
    },
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** Opens a loopback port. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sends raw headers: node's clients would trim, join or reject them. */
async function post(url: string, headers: readonly Header[], body: string): Promise<string> {
  const { hostname, port, pathname } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${hostname}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  return text(socket)
}

/** @returns the number of `tracestate` members */
function check(headers: readonly Header[], step: Step, before: number): number {
  const { trace, span, flags } = parentOf(headers)
  if (step.continued) expect(trace).toBe(TRACE)
  for (const other of step.notTraces ?? []) expect(trace).not.toBe(other)
  if (step.notSpan !== undefined) expect(span).not.toBe(step.notSpan)
  if (step.random) expect(Number.parseInt(flags, 16) & 2).toBe(2)
  const members = stateOf(headers)
  checkState(members, step.state ?? {}, before)
  return members.size
}

function checkState(
  members: ReadonlyMap<string, string>,
  { has = [], hasOneOf, lacks = [], size, sizeAsBefore }: StateExpectation,
  before: number,
): void {
  const wanted = new Set(has.map(([key]) => key))
  expect([...members].filter(([key]) => wanted.has(key))).toEqual(has)
  if (hasOneOf) expect(hasOneOf[1]).toContain(members.get(hasOneOf[0]))
  for (const key of lacks) expect([...members.keys()]).not.toContain(key)
  if (size !== undefined) expect(members.size).toBe(size)
  if (sizeAsBefore) expect(members.size).toBe(before)
}

/** The `traceparent` of a request, checked for the format of version 00. */
function parentOf(headers: readonly Header[]): { trace: string; span: string; flags: string } {
  const values = valuesOf(headers, 'traceparent')
  expect(values).toEqual([expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)])
  const [, trace = '', span = '', flags = ''] = values[0]?.split('-') ?? []
  expect(trace).not.toBe('0'.repeat(32))
  expect(span).not.toBe('0'.repeat(16))
  return { trace, span, flags }
}

const MEMBER =
  /^([0-9a-z][_0-9a-z\-*/@]{0,255})=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])$/

/** The members of all `tracestate` headers, each checked for its format. The first value of a key counts. */
function stateOf(headers: readonly Header[]): ReadonlyMap<string, string> {
  const members = new Map<string, string>()
  for (const value of valuesOf(headers, 'tracestate'))
    for (const member of value.split(/[ \t]*,[ \t]*/).filter((each) => each !== '')) {
      expect(member).toMatch(MEMBER)
      const [, key = '', rest = ''] = MEMBER.exec(member) ?? []
      if (!members.has(key)) members.set(key, rest)
    }
  return members
}

function valuesOf(headers: readonly Header[], name: string): string[] {
  return headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)
}

function pairsOf(rawHeaders: readonly string[]): Header[] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []))
}
