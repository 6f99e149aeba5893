import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createSightline, type RequestRecord, type Sightline, type SightlineOptions } from '@sightline/core'

import type { Adapter, App } from './app.ts'
import { DEADLINE_MS } from './client.ts'

/** A parsed log line. */
export type Line = Record<string, unknown>

/** Options of an application under test. */
export interface KitOptions extends SightlineOptions {
  readonly app: Omit<App, 'sightline'>
  /** `false`: records and lines are counted, not kept. */
  readonly keep?: boolean
}

/** An application with the kit, and all of its output. */
export class Kit implements AsyncDisposable {
  readonly sightline: Sightline
  readonly records: RequestRecord[] = []
  readonly texts: string[] = []
  /** Requests that node has passed to the application's server. */
  seen = 0
  ended = 0
  /** Requests that were still current after the application's listener. */
  leaks = 0
  accessEvents = 0
  port = 0
  #server: Server | undefined = undefined
  readonly #events = new EventEmitter().setMaxListeners(0)
  #stop = async () => {}

  constructor({ app: _app, keep = true, ...options }: KitOptions) {
    this.sightline = createSightline({
      service: 'shop',
      ...options,
      log: {
        level: 'trace',
        pretty: false,
        destination: {
          write: (text) => {
            if (keep) this.texts.push(text)
            if (text.includes('"outcome":"')) this.accessEvents++
          },
        },
        ...options.log,
      },
      sinks: [
        ...(options.sinks ?? []),
        {
          name: 'recorder',
          write: (record) => {
            this.ended++
            if (keep) this.records.push(record)
            this.#events.emit('ended')
          },
        },
      ],
    })
  }

  async start(adapter: Adapter, app: Omit<App, 'sightline'>): Promise<this> {
    const { server, close } = await adapter.serve({ ...app, sightline: this.sightline })
    // Runs after the application's own listener: a request that is current here has leaked.
    server.on('request', () => {
      if (this.sightline.context.current()) this.leaks++
      this.seen++
      this.#events.emit('seen')
    })
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    this.#stop = close
    return this
  }

  get server(): Server {
    if (this.#server === undefined) throw new Error('the application has not been started')
    return this.#server
  }

  /** Resolves when `count` requests have ended. */
  async haveEnded(count: number): Promise<readonly RequestRecord[]> {
    await this.#reach('ended', count)
    return this.records
  }

  /** Resolves when `count` requests have arrived. */
  async haveArrived(count: number): Promise<void> {
    await this.#reach('seen', count)
  }

  /** The record of the only request, or of the first. */
  get record(): RequestRecord {
    const [first] = this.records
    if (first === undefined) throw new Error('no request has ended')
    return first
  }

  /** The parsed lines. */
  get lines(): Line[] {
    return this.texts.map((text) => JSON.parse(text) as Line)
  }

  /** The access events. */
  get access(): Line[] {
    return this.lines.filter((line) => 'outcome' in line)
  }

  /** The samples of a scrape. */
  async metrics(): Promise<Samples> {
    return new Samples(await this.sightline.metrics.text())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    await this.sightline.close()
  }

  async #reach(event: 'seen' | 'ended', count: number): Promise<void> {
    if (this[event] >= count) return
    await new Promise<void>((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(deadline)
        this.#events.off(event, look)
        how()
      }
      const deadline = setTimeout(() => {
        settle(() => reject(new Error(`of ${count} requests only ${this[event]} have ${event}`)))
      }, DEADLINE_MS)
      const look = () => {
        if (this[event] >= count) settle(resolve)
        else deadline.refresh()
      }
      this.#events.on(event, look)
    })
  }
}

/** Builds an application with the kit. */
export async function observed(adapter: Adapter, options: KitOptions): Promise<Kit> {
  return new Kit(options).start(adapter, options.app)
}

/** The same application without the kit. */
export async function bare(adapter: Adapter, app: Omit<App, 'sightline'>) {
  const { server, close } = await adapter.serve(app)
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close }
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export class Samples {
  readonly text: string
  readonly #samples: Sample[]

  constructor(text: string) {
    this.text = text
    this.#samples = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [, name = '', inside = '', value = ''] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
        const labels = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text_]) => [
          label,
          text_,
        ])
        return { name, labels: Object.fromEntries(labels), value: Number(value.replace('Inf', 'Infinity')) }
      })
  }

  /** The samples with this name whose labels include these. */
  of(name: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
    return this.#samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
  }

  /** Their sum. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number {
    return this.of(name, labels).reduce((sum, { value }) => sum + value, 0)
  }
}
