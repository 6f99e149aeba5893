import type { LayoutName } from '../options/rules.ts'
import type { LogDestination } from '../options/rules.ts'
import type { Printer } from '../printing/printer.ts'
import type { Fields } from '../seam.ts'
import type { Lines } from '../stdout/lines.ts'
import type { AccessText } from './access-log.ts'
import { ecsLayout } from './ecs-layout.ts'
import { otelLayout } from './otel-layout.ts'

/** Under which names, and how nested, lines are written. */
export const LAYOUTS = ['sightline', 'ecs', 'otel'] as const satisfies readonly LayoutName[]

/** A layout other than Sightline's own. */
export interface Layout {
  /** The access event, as text right away. */
  readonly access: AccessText
  /** The fields of any other line, out of those of Sightline's layout. */
  readonly line: (fields: Fields) => Fields
}

/** Finds a layout; `undefined`: it is Sightline's own. */
export function layoutOf(name: LayoutName, service: string, printer: Printer): Layout | undefined {
  if (name === 'sightline') return undefined
  return name === 'ecs' ? ecsLayout(service, printer) : otelLayout(service, printer)
}

/** Lays out lines that are written as in Sightline's own layout. */
export function laidOut(layout: Layout, destination: LogDestination): LogDestination {
  return {
    write(line) {
      destination.write(`${JSON.stringify(layout.line(JSON.parse(line) as Fields))}\n`)
    },
  }
}

/** Shows lines to those who want to have them too, who know them in Sightline's layout only. */
export function shownAs(text: AccessText, layout: Layout, lines: Lines): AccessText {
  return (record, verdict, said) => {
    if (lines.areHeard) lines.show(text(record, verdict, said))
    return layout.access(record, verdict, said)
  }
}
