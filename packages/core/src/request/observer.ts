import type { NodeResponse, Observer } from '../seam.ts'
import { LiveObservation, type ObservationSetup } from './observation.ts'

// Registered globally, so that all copies of this module count a request once.
const OBSERVATION = Symbol.for('sightline.observation.1')

/** A request or response that carries its observation. */
interface Carrier {
  [OBSERVATION]?: LiveObservation
}

/** Makes the observer of one Sightline. */
export function createObserver(setup: ObservationSetup): Observer {
  return {
    observe(exchange) {
      const carrier = exchange.req as Carrier
      const known = carrier[OBSERVATION]
      if (known) {
        known.adopt(exchange)
        return known
      }
      const observation = new LiveObservation(setup, exchange)
      carrier[OBSERVATION] = observation
      ;(exchange.res as Carrier)[OBSERVATION] = observation
      exchange.res.on('finish', onFinish)
      // Runs before listeners that end a span of this request at `close`: the span must be complete by then.
      exchange.res.prependListener('close', onClose)
      observation.awaitTurn()
      setup.sinks.begin(observation)
      return observation
    },
  }
}

/** Whether any Sightline already observes a request. */
export function isObserved(req: object): boolean {
  return (req as Carrier)[OBSERVATION] !== undefined
}

function onFinish(this: NodeResponse & Carrier): void {
  this[OBSERVATION]?.end(!isCut(this))
}

function onClose(this: NodeResponse & Carrier): void {
  this[OBSERVATION]?.end(false)
}

/**
 * Whether the response was cut although node emitted `finish`. Over HTTP/2 node does so for reset streams, and before
 * Node.js 24 also for a connection that broke down with unsent bytes.
 */
function isCut(res: NodeResponse): boolean {
  if ('stream' in res) return res.stream.aborted || res.stream.rstCode !== 0
  return Boolean(res.req?.socket?.errored)
}
