import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type HubOptions, startHub } from '@sightline/hub'

/** A hub of a test, with nothing in it. */
export interface TestHub {
  readonly url: string
  /** Sends an OTLP message as JSON. Resolves when it is stored. */
  send(signal: 'traces' | 'metrics' | 'logs', message: object): Promise<void>
  close(): Promise<void>
}

/** Sends to the hub at an address. */
export function sendTo(url: string): TestHub['send'] {
  return async (signal, message) => {
    const response = await fetch(`${url}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    })
    const answer = await response.text()
    if (response.status !== 200 || answer.includes('rejected'))
      throw new Error(`${response.status} ${answer}`)
  }
}

/** Starts a hub with its pages on a free port. */
export async function openHub(options: Partial<HubOptions> = {}): Promise<TestHub> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-browser-'))
  const hub = await startHub({ folder, port: 0, eventThreads: 1, ...options })
  return {
    url: hub.url,
    send: sendTo(hub.url),
    async close() {
      await hub.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
