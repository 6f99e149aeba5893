import { once } from 'node:events'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'

import { WebSocket } from 'ws'

import type { Ask } from './part.ts'

/** All bytes of a connection until its close, how it was closed, and the responses in them. */
export interface Conversation {
  /**
   * Response heads with their order and spelling, and reassembled bodies. Values that always differ are
   * masked.
   */
  readonly text: string
  readonly fate: 'closed' | 'reset'
  readonly statuses: readonly number[]
  /** The ids of the responses. */
  readonly ids: readonly string[]
}

/** Values that differ per process or over time. */
const MASKS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(date: ).*$/gim, '$1…'],
  [/(koa\.sess(?:\.sig)?=)[^;\r]*/g, '$1…'],
  [/(expires=)[^;\r]*/gi, '$1…'],
  [/^(x-ratelimit-reset: |retry-after: ).*$/gim, '$1…'],
  [/(; t=)\d+/g, '$1…'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:…'],
]

/** Sends a request, then a second one on the same connection, which the server closes after it or earlier. */
export async function converse(port: number, ask: Ask, id: string): Promise<Conversation> {
  if (ask.webSocket !== undefined) return overWebSocket(port, ask, id)
  const { method = 'GET', path, headers = {}, body = '' } = ask
  const socket = connect(port, '127.0.0.1')
  let fate: Conversation['fate'] = 'closed'
  socket.on('error', () => (fate = 'reset'))
  const lengths = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: shop.example',
    `x-request-id: ${id}`,
    ...fields,
    ...lengths,
  ]
  const last = [
    'GET /the-last HTTP/1.1',
    'host: shop.example',
    `x-request-id: ${id}-last`,
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}${last.join('\r\n')}\r\n\r\n`)
  const bytes = await buffer(socket).catch(() => Buffer.alloc(0))
  return { ...read(bytes.toString('latin1'), method === 'HEAD'), fate }
}

async function overWebSocket(port: number, { path, webSocket }: Ask, id: string): Promise<Conversation> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { 'x-request-id': id } })
  await once(socket, 'open')
  socket.send(String(webSocket))
  const [answer] = (await once(socket, 'message')) as [Buffer]
  socket.close(1000)
  const [code] = (await once(socket, 'close')) as [number]
  return { text: `${answer.toString()} ${code}`, fate: 'closed', statuses: [101], ids: [] }
}

/** Parses consecutive responses. */
function read(bytes: string, isFirstWithoutBody: boolean): Omit<Conversation, 'fate'> {
  const statuses: number[] = []
  const ids: string[] = []
  let text = ''
  for (let rest = bytes; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return { text: `${text}${rest}`, statuses, ids }
    const head = rest.slice(0, end)
    const status = Number(head.slice(9, 12))
    const hasNoBody = (isFirstWithoutBody && statuses.length === 0) || [204, 304].includes(status)
    const { body, after } = hasNoBody ? { body: '', after: end + 4 } : bodyAt(head, rest, end + 4)
    statuses.push(status)
    const lines = head.split('\r\n')
    ids.push(...lines.filter((line) => /^x-request-id: /i.test(line)).map((line) => line.slice(14)))
    text += `${lines.filter((line) => !/^x-request-id: /i.test(line)).join('\r\n')}\r\n\r\n${body}\n`
    rest = rest.slice(after)
  }
  for (const [pattern, mask] of MASKS) text = text.replaceAll(pattern, mask)
  return { text, statuses, ids }
}

/** The reassembled body of a response, and the position of the next response. */
function bodyAt(head: string, bytes: string, start: number): { body: string; after: number } {
  const [, length] = /^content-length: (\d+)/im.exec(head) ?? []
  if (length !== undefined) {
    const after = start + Number(length)
    return { body: bytes.slice(start, after), after }
  }
  if (!/^transfer-encoding: chunked/im.test(head)) return { body: bytes.slice(start), after: bytes.length }
  let body = ''
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.slice(at, line), 16)
    if (line < 0 || Number.isNaN(size)) return { body: `${body}(cut)`, after: bytes.length }
    if (size === 0) return { body, after: line + 4 }
    body += bytes.slice(line + 2, line + 2 + size)
    at = line + 4 + size
  }
}
