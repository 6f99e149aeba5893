/**
 * `node --import @sightline/otel/register app.js` exports telemetry without code, configured by
 * OpenTelemetry's environment variables. `node --require` works, too, for applications that another program
 * starts.
 */
import { startTelemetry } from './telemetry.ts'

startTelemetry()
