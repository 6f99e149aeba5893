import type { Logger } from 'pino'

import { isSettled, shaperOf } from '../pino/pino-parts.ts'
import { BaseBindings, namesOfProcess } from './base-bindings.ts'
import { createLayer } from './context-layer.ts'
import { type ContextLayer, type ContextLogger, type LoggerSetup, ORIGIN } from './context-logger.ts'

// pino's types do not declare most of these properties.
type Parts = Record<string | symbol, unknown>

/**
 * Derives a logger from any pino logger. Its lines carry the ids and fields of the current scope and hold no secret,
 * and a call never throws. The original is unchanged, and its settings for the shape of lines apply to the derived
 * logger as well.
 */
export function withContext(original: Logger, setup: LoggerSetup, service: string): ContextLogger {
  const layer = layerOf(original, setup)
  // A child would trigger the application's `onChild`, which is meant for the application's own children. The prototype
  // is the shared layer, not the original: V8 makes prototypes slow objects, and an original may be made for each
  // request.
  const logger = Object.create(layer.logger) as ContextLogger
  copyOwnParts(original, layer.root, logger)
  settle(logger, original, layer, setup, service).follow(logger)
  if (original.levelVal !== layer.logger.levelVal) logger.level = original.level
  return logger
}

/** Does the same to the logger itself. It stays the same object, and so do its future children. */
export function takeOver(logger: Logger, setup: LoggerSetup, service: string): ContextLogger {
  const before = Object.create(
    Object.getPrototypeOf(logger) as object,
    Object.getOwnPropertyDescriptors(logger),
  ) as Logger
  const layer = layerOf(before, setup)
  const taken = logger as ContextLogger
  for (const name of Reflect.ownKeys(layer.logger))
    (taken as unknown as Parts)[name] = (layer.logger as unknown as Parts)[name]
  settle(taken, before, layer, setup, service).write(taken)
  if (before.levelVal !== layer.logger.levelVal) taken.level = before.level
  return taken
}

function settle(
  logger: ContextLogger,
  original: Logger,
  { ownNames }: ContextLayer,
  { printer }: LoggerSetup,
  service: string,
): BaseBindings {
  const base = new BaseBindings(original, service, printer, ownNames)
  logger[ORIGIN] = { logger, base, levelVal: original.levelVal }
  return base
}

/**
 * Copies the properties that a logger itself or its ancestors below `root` have: a prefix, the parts of `redact`,
 * methods of the application.
 */
function copyOwnParts(original: Logger, root: Logger, target: Logger): void {
  if (original === root) return
  copyOwnParts(Object.getPrototypeOf(original) as Logger, root, target)
  for (const name of Reflect.ownKeys(original)) {
    if (isSettled(original, name)) continue
    const part = Object.getOwnPropertyDescriptor(original, name)
    if (part) Object.defineProperty(target, name, part)
  }
}

/** The layer of a logger. Loggers of single requests usually differ in their bindings only, and share a layer. */
function layerOf(original: Logger, setup: LoggerSetup): ContextLayer {
  const shaper = shaperOf(original)
  const root = namesOfProcess(shaper).length === namesOfProcess(original).length ? shaper : original
  const known = setup.layers.get(root)
  if (known) return known
  const layer = createLayer(root, setup)
  setup.layers.set(root, layer)
  return layer
}
