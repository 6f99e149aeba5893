import { isUtf8 } from 'node:buffer'

import { OpenMetricsParser } from './openmetrics-parser.ts'
import type { Parser } from './parser.ts'
import { TextParser } from './text-parser.ts'

const OPEN_METRICS = 'application/openmetrics-text'
const decoder = new TextDecoder()

/** A parser of a scraped body, and the format that its content type names: OpenMetrics, else the text format. */
export function parserOf(body: Uint8Array, contentType: string): { parser: Parser; openMetrics: boolean } {
  if (!isUtf8(body)) throw new Error('the body is not valid UTF-8')
  const text = decoder.decode(body)
  const openMetrics = contentType.split(';', 1)[0]?.trim().toLowerCase() === OPEN_METRICS
  return { parser: openMetrics ? new OpenMetricsParser(text) : new TextParser(text), openMetrics }
}
