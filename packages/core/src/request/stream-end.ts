/**
 * Detects which side has ended an HTTP/2 stream. Node leaves the same state behind in both cases, so `close` and
 * `destroy` of the stream are replaced on the object itself. When the client resets a stream, node calls neither before
 * the stream is closed.
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

/** Starts to watch a stream. */
export function watchStreamEnd(stream: ServerHttp2Stream): void {
  const watched: WatchedStream = stream
  // Arguments are passed on unchanged, so the overloads do not matter.
  watched[STREAM_END] = { close: stream.close as Method, destroy: stream.destroy as Method, isOurs: false }
  Object.assign(watched, { close, destroy })
}

/** Whether the service has ended a stream. */
export function isEndedHere(stream: ServerHttp2Stream): boolean {
  return (stream as WatchedStream)[STREAM_END]?.isOurs === true
}

/** Whether the client has reset a stream or ended its connection. */
export function hasClientReset(stream: ServerHttp2Stream): boolean {
  return stream.closed ? !isEndedHere(stream) : isClosedByPeer(connectionOf(stream))
}

function close(this: WatchedStream, ...args: unknown[]): unknown {
  return watch(this)?.close.apply(this, args)
}

function destroy(this: WatchedStream, ...args: unknown[]): unknown {
  return watch(this)?.destroy.apply(this, args)
}

/**
 * Records the side that ends the stream. When the client ends the connection, the session also calls these methods,
 * which does not count as the service's doing.
 */
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
    // Node throws if the session has released its socket.
    return undefined
  }
}
