import type { Duplex } from 'node:stream'

/** The first bytes of HTTP/2 (RFC 9113, section 3.4). gRPC speaks nothing else. */
const PREFACE = 'PRI * HTTP/2.0'
const QUIET_MS = 60_000
const ADVICE =
  'this port speaks OTLP over HTTP/1.1, not gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf in the service that sends'

/** An empty SETTINGS frame: the server's part of the preface. */
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
const GOAWAY_TYPE = 7
const HTTP_1_1_REQUIRED = 13

/**
 * Creates the answer to HTTP/2 clients: a GOAWAY frame whose text gRPC clients show, and one line in the log, at most
 * once a minute.
 */
export function createPrefaceAnswer(
  warn: (message: string) => void,
): (packet: Buffer | undefined, socket: Duplex) => boolean {
  let quietUntil = 0
  const goAway = Buffer.concat([SETTINGS, goAwayFrame(ADVICE)])
  return (packet, socket) => {
    if (packet?.subarray(0, PREFACE.length).toString('latin1') !== PREFACE) return false
    const now = Date.now()
    if (now >= quietUntil) warn(`A client tried HTTP/2 (gRPC): ${ADVICE}`)
    quietUntil = Math.max(quietUntil, now + QUIET_MS)
    socket.end(goAway)
    return true
  }
}

/** RFC 9113, section 6.8. */
function goAwayFrame(text: string): Buffer {
  const debug = Buffer.from(text)
  const frame = Buffer.alloc(17)
  frame.writeUIntBE(8 + debug.length, 0, 3)
  frame[3] = GOAWAY_TYPE
  frame.writeUInt32BE(HTTP_1_1_REQUIRED, 13)
  return Buffer.concat([frame, debug])
}
