/** The functions by which an application shapes the lines of its pino: called as pino calls them, but they cannot do harm. */
import type { Logger } from 'pino'

import type { Printer } from '../printing/printer.ts'
import type { FaultReporter, Fields } from '../seam.ts'
import { escaped } from '../stdout/escapes.ts'
import type { Lines } from '../stdout/lines.ts'
import { FORMATTERS, type Formatters, type Hooks, privatePart, setPrivatePart } from './pino-parts.ts'

type Mixin = (fields: object, level: number, logger: Logger) => object
type Merge = (fields: object, mixed: object) => object

interface FormatSetup {
  readonly printer: Printer
  readonly fault: FaultReporter
  /** What a line has already. */
  readonly reserved: ReadonlySet<string>
}

/** Gives a logger of ours the functions of the one that it descends from. Where one throws, its part is left out. */
export function keepFormat(logger: Logger, { printer, fault, reserved }: FormatSetup): void {
  const mixin = privatePart(logger, 'mixin') as Mixin | undefined
  const merge = privatePart(logger, 'mixinMergeStrategy') as Merge | undefined
  if (mixin)
    setPrivatePart(logger, 'mixin', (fields: object, level: number, writer: Logger): Fields => {
      try {
        return printer.fields(mixin(fields, level, writer), reserved)
      } catch (error) {
        fault('the mixin of a logger', error)
        return {}
      }
    })
  if (merge)
    setPrivatePart(logger, 'mixinMergeStrategy', (fields: object, mixed: object): object => {
      try {
        return merge(fields, mixed)
      } catch (error) {
        fault('the mixinMergeStrategy of a logger', error)
        return { ...mixed, ...fields }
      }
    })
  const own = logger as Logger & { [FORMATTERS]: Formatters }
  // pino applies the formatter of bindings to those that a logger begins with, not to those of its children.
  own[FORMATTERS] = { ...safeFormatters(own[FORMATTERS], fault), bindings: (bindings) => bindings }
}

/** Formatters that cannot lose a line. */
export function safeFormatters<F extends Formatters>(formatters: F, fault: FaultReporter): F {
  const { log } = formatters
  if (!log) return formatters
  return {
    ...formatters,
    log(fields: object) {
      try {
        return log(fields)
      } catch (error) {
        fault('the formatter of a logger', error)
        return fields
      }
    },
  }
}

/** Hooks by which each line is escaped, and shown to those who want to have it too. */
export function lineHooks({ streamWrite }: Hooks, fault: FaultReporter, lines: Lines): Hooks {
  const shown = (line: string) => {
    const written = escaped(line)
    lines.show(written)
    return written
  }
  if (!streamWrite) return { streamWrite: shown }
  return {
    streamWrite(line) {
      let written = line
      try {
        written = streamWrite(line)
      } catch (error) {
        fault('the hook streamWrite of a logger', error)
      }
      // An application may hand its stream something else than text.
      return typeof written === 'string' ? shown(written) : written
    },
  }
}
