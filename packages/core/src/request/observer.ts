import type { NodeResponse, Observer } from '../seam.ts'
import { LiveObservation, type ObservationSetup } from './observation.ts'

// Registered for all copies of this module, so that two Sightlines over one server count a request once.
const OBSERVATION = Symbol.for('sightline.observation')

interface Observed {
  [OBSERVATION]?: LiveObservation
}

/** Makes the observer of one Sightline. */
export function createObserver(setup: ObservationSetup): Observer {
  return {
    observe(exchange) {
      const observed = exchange.req as Observed
      const known = observed[OBSERVATION]
      if (known) {
        known.adopt(exchange)
        return known
      }
      const observation = new LiveObservation(setup, exchange)
      observed[OBSERVATION] = observation
      ;(exchange.res as Observed)[OBSERVATION] = observation
      exchange.res.on('finish', onFinish)
      // Before those who end a span of this request with its connection: it has to be complete by then.
      exchange.res.prependListener('close', onClose)
      observation.awaitTurn()
      setup.sinks.begin(observation)
      return observation
    },
  }
}

/** Whether a request is observed already, by whichever Sightline. */
export function isObserved(req: object): boolean {
  return (req as Observed)[OBSERVATION] !== undefined
}

function onFinish(this: NodeResponse & Observed): void {
  this[OBSERVATION]?.end(!isCut(this))
}

function onClose(this: NodeResponse & Observed): void {
  this[OBSERVATION]?.end(false)
}

/**
 * Over HTTP/2 node emits `finish` for a stream that was reset as well, and before Node.js 24 for a response whose
 * connection has broken down under bytes that were still to be sent.
 */
function isCut(res: NodeResponse): boolean {
  if ('stream' in res) return res.stream.aborted || res.stream.rstCode !== 0
  return Boolean(res.req?.socket?.errored)
}
