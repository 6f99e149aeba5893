/** A pino of an application, with Sightline around it and without. */
import { type Logger, type LoggerOptions, pino } from 'pino'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline } from '../src/index.ts'
import { served } from './probe.ts'

export type Line = Record<string, unknown>

/** What tests call: pino's types of calls leave out much that programs write. */
export interface Loose {
  info(...args: readonly unknown[]): void
  error(...args: readonly unknown[]): void
  setBindings(bindings: unknown): void
  child(bindings: unknown, options?: object): Loose
}

/** A pino of an application, and what it writes. */
export class Application {
  readonly texts: string[] = []
  readonly logger: Logger

  constructor(options: LoggerOptions = {}) {
    const destination = { write: (text: string) => void this.texts.push(text) }
    this.logger = pino({ timestamp: () => ',"time":1', ...options }, destination)
  }

  get lines(): Line[] {
    return this.texts.map((text) => JSON.parse(text) as Line)
  }
}

/** The same with Sightline around it. */
export class Observed extends Application {
  readonly sightline = createSightline({ service: 'shop', log: { logger: this.logger } })
  readonly log = this.sightline.log as unknown as Loose
}

/** The names at the top of a line, as often as they stand there. */
export function namesIn(text: string): string[] {
  const names: string[] = []
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?::)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (depth === 1 && token.endsWith(':')) names.push(JSON.parse(token.slice(0, -1)) as string)
  }
  return names
}

/** Everything that a line holds, by its last name: where formatters and nesting have put it does not matter. */
export function flat(line: object): Line {
  return Object.entries(line).reduce<Line>((all, [name, value]: [string, unknown]) => {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value) && name !== 'err'
    return { ...all, [name]: value, ...(isGroup ? flat(value) : {}) }
  }, {})
}

/** A service that logs in one request, and what its application's pino writes. */
export async function asked(options: LoggerOptions, handle: (kit: Observed, log: Loose) => void = () => {}) {
  const kit = new Observed(options)
  const app = await served((req, res) => {
    const observation = hostOf(kit.sightline).observe({
      req,
      res,
      route: () => '/orders/:id',
      clientIp: () => undefined,
    })
    observation.run(() => {
      try {
        handle(kit, observation.log)
      } catch (error) {
        res.statusCode = 500
        observation.fail(error)
      }
      res.end()
    })
  })
  await (await app.get('/orders/7')).text()
  app.close()
  await kit.sightline.close()
  return kit
}
