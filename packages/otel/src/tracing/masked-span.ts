import type { Masking } from '@sightline/core'
import { CENSOR } from '@sightline/core/telemetry'
import type { Attributes, FinishedSpan } from '@sightline/otlp'

/** Masks the secrets in a span that came through the API, for example from an instrumentation. */
export function maskedSpan(span: FinishedSpan, printer: Pick<Masking, 'hides' | 'mask'>): FinishedSpan {
  const { attributes, events, links, status } = span
  const shown = (said: Attributes) => maskedAttributes(said, printer)
  return {
    ...span,
    attributes: shown(attributes),
    ...(events && {
      events: events.map((event) =>
        event.attributes ? { ...event, attributes: shown(event.attributes) } : event,
      ),
    }),
    ...(links && {
      links: links.map((link) => (link.attributes ? { ...link, attributes: shown(link.attributes) } : link)),
    }),
    ...(status?.message !== undefined && { status: { ...status, message: printer.mask(status.message) } }),
  }
}

function maskedAttributes(attributes: Attributes, printer: Pick<Masking, 'hides' | 'mask'>): Attributes {
  const masked: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (printer.hides(name, value)) masked[name] = CENSOR
    else if (typeof value === 'string') masked[name] = maskedText(name, value, printer)
    else if (Array.isArray(value))
      masked[name] = value.map((each: unknown) => (typeof each === 'string' ? printer.mask(each) : each))
    else masked[name] = value
  }
  return masked
}

function maskedText(name: string, text: string, { mask }: Pick<Masking, 'mask'>): string {
  // The mask recognizes query secrets by the question mark.
  if (name === 'url.query') return mask(`?${text}`).slice(1)
  // The semantic conventions define this replacement:
  // https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/#url-full
  return name === 'url.full' ? mask(text).replaceAll(CENSOR, 'REDACTED') : mask(text)
}
