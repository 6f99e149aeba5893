/**
 * Remembers of a stream of HTTP/2 that it was the service that has ended it. Node leaves the same traces on a stream that
 * the service has reset as on one that the client has, so `close` and `destroy` are laid over those of the one stream at
 * hand. Node calls neither of them for a stream that the client has reset, not before it is closed.
 */
import type { ServerHttp2Stream } from 'node:http2'

import { type Connection, isClosedByPeer } from './connection.ts'

type Method = (...args: unknown[]) => unknown

interface StreamEnd {
  readonly close: Method
  readonly destroy: Method
  isOurs: boolean
}

const STREAM_END = Symbol('sightline.streamEnd')

interface WatchedStream extends ServerHttp2Stream {
  [STREAM_END]?: StreamEnd
}

/** Begins to watch a stream. */
export function watchStreamEnd(stream: ServerHttp2Stream): void {
  const watched: WatchedStream = stream
  // Arguments are passed on untouched: overloads do not matter here.
  watched[STREAM_END] = { close: stream.close as Method, destroy: stream.destroy as Method, isOurs: false }
  Object.assign(watched, { close, destroy })
}

/** Whether it was the service that has ended a stream. */
export function isEndedHere(stream: ServerHttp2Stream): boolean {
  return (stream as WatchedStream)[STREAM_END]?.isOurs === true
}

/** Whether the client has reset a stream, or has ended its connection. */
export function hasClientReset(stream: ServerHttp2Stream): boolean {
  return stream.closed ? !isEndedHere(stream) : isClosedByPeer(connectionOf(stream))
}

function close(this: WatchedStream, ...args: unknown[]): unknown {
  return watch(this)?.close.apply(this, args)
}

function destroy(this: WatchedStream, ...args: unknown[]): unknown {
  return watch(this)?.destroy.apply(this, args)
}

/** A session whose connection the client has ended closes and destroys its streams as well. */
function watch(stream: WatchedStream): StreamEnd | undefined {
  const end = stream[STREAM_END]
  if (end && !stream.closed) end.isOurs = !isClosedByPeer(connectionOf(stream))
  return end
}

function connectionOf(stream: ServerHttp2Stream): Connection | undefined {
  try {
    const { readableEnded, errored } = stream.session?.socket ?? {}
    return { readableEnded: readableEnded === true, errored }
  } catch {
    // Node throws where a session has let go of its connection.
    return undefined
  }
}
