// Serves all parts of a module, each on its own port: `program.ts <module> kit|bare`. Reports the ports,
// access events and records to its parent.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { createSightline } from '@sightline/core'

import type { Event, Part, Served, Told } from './part.ts'

const [, , module = '', mode] = process.argv
const tell = (told: Told) => void process.send?.(told)
const { parts } = (await import(module)) as { parts: readonly Part[] }

function observed(part: string) {
  const write = (line: string) => {
    const fields = JSON.parse(line) as Record<string, unknown>
    if ('outcome' in fields)
      // The fields of access events are the kit's contract.
      tell({
        event: { part, id: String(fields.request_id), ...(fields as unknown as Omit<Event, 'part' | 'id'>) },
      })
    else if (fields.level === 'warn' || fields.level === 'error') tell({ complaint: line })
  }
  return createSightline({
    service: 'matrix',
    log: { destination: { write }, pretty: false },
    metrics: { runtime: false, host: false },
    lifecycle: false,
  })
}

const served: Served[] = []
for (const { name, build, asks } of parts) {
  const server = await build(mode === 'kit' ? observed(name) : undefined)
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  served.push({ name, port: (server.address() as AddressInfo).port, asks })
}
tell({ served })
