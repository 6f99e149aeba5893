/**
 * What Node.js imports before a program of `sightline run`: `@sightline/otel/register` of the application. Package managers, which start
 * the application in a process of its own, have no telemetry.
 */
const register = process.env['SIGHTLINE_RUN_REGISTER']
const program = process.argv[1] ?? ''
const isPackageManager = /[\\/](?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(?:-cli)?(?:\.[cm]?js)?$/.test(
  program,
)

if (register !== undefined && !isPackageManager) await import(register)
