/**
 * `node --import @sightline/otel/register app.js`: sends telemetry without a line of code, by the variables of
 * OpenTelemetry. Also `node --require`, for applications that are started by others.
 */
import { startTelemetry } from './telemetry.ts'

startTelemetry()
