import { OtlpError, type Reader } from '@sightline/otlp'

import type { EventWriter } from '../../store/events.ts'
import type { Derivation } from '../derive/derivation.ts'
import type { Masking } from '../masking/masking.ts'
import type { BodyRequest, FromThread } from '../protocol.ts'
import { Refusal } from '../refusal.ts'
import { plainBody } from './decompress.ts'
import { refusalFor } from './failures.ts'
import type { GroupCommit } from './group-commit.ts'
import { createStoredCounts } from './stored-counts.ts'
import type { ThreadWork } from './thread-loop.ts'

/** The parts of an event thread. */
export interface EventParts {
  readonly reader: Reader
  /** `undefined`: secrets are stored as they come. */
  readonly masking: Masking | undefined
  readonly derivation: Derivation
  readonly writer: EventWriter
  readonly group: GroupCommit
  readonly send: (message: FromThread) => void
}

/** Creates the work of an event thread: spans and log records from bodies to files. */
export function createEventWork({
  reader,
  masking,
  derivation,
  writer,
  group,
  send,
}: EventParts): ThreadWork {
  const counts = createStoredCounts()

  function write({ signal, body, gzip, encoding }: BodyRequest) {
    const plain = plainBody({ body, gzip })
    if (signal === 'traces') {
      const columns = reader.spans(plain, encoding)
      masking?.spans(columns)
      derivation.spans(columns)
      writer.spans(columns, derivation.exceptions())
      return columns
    }
    const columns = reader.logs(plain, encoding)
    masking?.logs(columns)
    derivation.logs(columns)
    writer.logs(columns, derivation.exceptions())
    return columns
  }

  function sendDeltas(): void {
    const deltas = derivation.take()
    const { spans, logs, calls, exceptions, dropped, late } = deltas
    if (spans.length + logs.length + calls.count + exceptions.length + dropped + late.length > 0)
      send({ kind: 'deltas', deltas })
  }
  setInterval(sendDeltas, 1_000).unref()

  return {
    take(message) {
      if (message.kind !== 'body') return
      const { id, signal, body, isReturned } = message
      const bytes = body.length
      try {
        const columns = write(message)
        if (derivation.isFull) sendDeltas()
        const { rejected, reason } = columns
        const result = { rejected, reason, ...(isReturned && { body }) }
        group.add({
          id,
          result,
          bytes,
          counts: counts.ofRows(
            signal,
            columns.rows,
            columns.resource,
            columns.resources,
            'ends' in columns ? columns.ends : columns.times,
          ),
        })
      } catch (error) {
        if (error instanceof OtlpError)
          return group.refuse(id, { status: 400, reason: 'undecodable', message: error.message })
        if (error instanceof Refusal) return group.refuse(id, error.plain)
        // A part of the request may be written: it cannot be told from the other requests of the group.
        group.fail(error)
        group.refuse(id, refusalFor(error))
      }
    },
    end() {
      group.commit()
      sendDeltas()
      writer.close()
    },
  }
}
