import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createReader } from '@sightline/otlp'

import type { EventWriter } from '../../src/store/events.ts'
import { createEventReader, type EventReader } from '../../src/store/sqlite/events/read/event-reader.ts'
import { openEventWriter } from '../../src/store/sqlite/events/write/event-writer.ts'

/** A store of events in a folder of its own. */
export interface StoredEvents {
  readonly reader: EventReader
  /** Writes requests of OTLP in JSON, and commits. */
  write(requests: { readonly traces?: object; readonly logs?: object }): void
  /** Removes the folder. */
  remove(): Promise<void>
}

/** Opens a store of events. `now` is in milliseconds since 1970. */
export async function storedEvents(now: number): Promise<StoredEvents> {
  const folder = await mkdtemp(join(tmpdir(), 'events-'))
  const writer: EventWriter = openEventWriter(folder, 0, { now: () => now })
  const reader = createEventReader(folder, { now: () => now })
  const otlp = createReader()
  const bytes = (request: object) => new TextEncoder().encode(JSON.stringify(request))
  return {
    reader,
    write({ traces, logs }) {
      if (traces !== undefined) writer.spans(otlp.spans(bytes(traces), 'json'), [])
      if (logs !== undefined) writer.logs(otlp.logs(bytes(logs), 'json'), [])
      writer.commit()
    },
    async remove() {
      reader.close()
      writer.close()
      await rm(folder, { recursive: true })
    },
  }
}
