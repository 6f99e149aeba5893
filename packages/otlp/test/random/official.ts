import type { Message } from '@sightline/servers/otlp'

import { entries, type Expected, originOf } from './official-origins.ts'
import { attributes, idOr0, isId, known, typed } from './official-values.ts'

export function expectedSpans(request: Message): Expected {
  const all = entries('traces', request)
  const valid = all.filter(
    ({ entry: { traceId, spanId, parentSpanId = '' } }) =>
      isId(traceId, 16) && isId(spanId, 8) && (parentSpanId === '' || parentSpanId.length === 16),
  )
  const rows = valid.map((each) => {
    const { entry } = each
    return {
      ...originOf(each),
      traceId: entry.traceId,
      spanId: entry.spanId,
      parentId: idOr0(entry.parentSpanId, 8),
      traceState: entry.traceState ?? '',
      name: entry.name ?? '',
      kind: known(entry.kind, 5),
      start: entry.startTimeUnixNano ?? '0',
      end: entry.endTimeUnixNano ?? '0',
      flags: entry.flags ?? 0,
      status: [known(entry.status?.code, 2), entry.status?.message ?? ''],
      attributes: attributes(entry.attributes),
      dropped: [
        entry.droppedAttributesCount ?? 0,
        entry.droppedEventsCount ?? 0,
        entry.droppedLinksCount ?? 0,
      ],
      events: (entry.events ?? []).map((event: Message) => [
        event.timeUnixNano ?? '0',
        event.name ?? '',
        attributes(event.attributes),
        event.droppedAttributesCount ?? 0,
      ]),
      links: (entry.links ?? [])
        .filter((link: Message) => isId(link.traceId, 16) && isId(link.spanId, 8))
        .map((link: Message) => [
          link.traceId,
          link.spanId,
          link.traceState ?? '',
          attributes(link.attributes),
          link.droppedAttributesCount ?? 0,
          link.flags ?? 0,
        ]),
    }
  })
  return { rows, rejected: all.length - rows.length }
}

export function expectedLogs(request: Message): Expected {
  const rows = entries('logs', request).map((each) => {
    const { entry } = each
    const observed = entry.observedTimeUnixNano ?? '0'
    const time = entry.timeUnixNano ?? '0'
    return {
      ...originOf(each),
      time: time === '0' ? observed : time,
      observed,
      severity: [known(entry.severityNumber, 24), entry.severityText ?? ''],
      body: typed(entry.body),
      attributes: attributes(entry.attributes),
      dropped: entry.droppedAttributesCount ?? 0,
      flags: entry.flags ?? 0,
      traceId: idOr0(entry.traceId, 16),
      spanId: idOr0(entry.spanId, 8),
      eventName: entry.eventName ?? '',
    }
  })
  return { rows, rejected: 0 }
}
