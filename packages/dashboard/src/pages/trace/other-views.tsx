import { MiniLogs } from '../../parts/mini-logs.tsx'
import type { Model } from '../../trace/model.ts'

/** Characters of a trace that are shown as JSON. The whole is in the file. */
const SHOWN = 200_000

/** The log lines of a trace. */
export function LinesView({ model }: { model: Model }) {
  const [first] = model.logs
  if (first === undefined)
    return (
      <p class="muted">
        No log line has this trace's id. A service logs it where its logger knows of the request: with
        Sightline, all lines within a request do.
      </p>
    )
  return (
    <MiniLogs
      logs={model.logs}
      zero={{ time: String(BigInt(Math.round(model.trace.start * 1e3)) * 1_000n), cursor: '' }}
    />
  )
}

/** A trace as the hub tells of it: OTLP in JSON. */
export function JsonView({ otlp }: { otlp: unknown }) {
  const text = JSON.stringify(otlp, null, 2)
  return (
    <>
      <pre class="json" tabIndex={0} aria-label="The trace as JSON">
        {text.slice(0, SHOWN)}
      </pre>
      {text.length > SHOWN && (
        <p class="muted">The beginning of {text.length} characters. Save the trace to have all of it.</p>
      )}
    </>
  )
}
