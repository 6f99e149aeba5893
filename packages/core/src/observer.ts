import { LiveObservation, type ObservationSetup } from './observation.ts'
import type { Observer } from './seam.ts'
import type { NodeResponse } from './wire.ts'

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
      setup.begin(observation.method, observation.scheme)
      return observation
    },
  }
}

/** Whether a request is observed already, by whichever Sightline. */
export function isObserved(req: object): boolean {
  return (req as Observed)[OBSERVATION] !== undefined
}

function onFinish(this: NodeResponse & Observed): void {
  this[OBSERVATION]?.end(isReset(this) ? 'aborted' : 'completed')
}

function onClose(this: NodeResponse & Observed): void {
  this[OBSERVATION]?.end('aborted')
}

/** Over HTTP/2 node emits `finish` for a stream that the client has reset as well. */
function isReset(res: NodeResponse): boolean {
  return 'stream' in res && (res.stream.aborted || res.stream.rstCode !== 0)
}
