import { type Across, acrossOf, type Family, type FamilyType, type Series } from '../series/family.ts'
import { distinct } from '../series/left-out.ts'
import { Turns } from './turns.ts'

/**
 * The numbers of one series. A counter or gauge: the value. A histogram: the sum, and the count of each bucket alone. A
 * summary: the sum, the count, and each quantile followed by its value.
 */
export type Numbers = readonly number[]

/** Some series of a family, in the form for messages. */
interface SentFamily {
  readonly name: string
  readonly help: string
  readonly type: FamilyType
  readonly across: Across
  /** The upper bounds of a histogram's buckets. */
  readonly bounds?: readonly number[]
  /** The label text and the {@link Numbers} of each series. `NaN` and infinity are texts, because JSON lacks them. */
  readonly rows: ReadonlyArray<readonly [labelText: string, ...numbers: ReadonlyArray<number | string>]>
}

/** Families or parts of families, small enough to be read in a quarter of a millisecond. */
export type Piece = readonly SentFamily[]

/** The size of a piece, in characters of label text. A number counts as some characters. */
const PIECE_SIZE = 32_768
const NUMBER_SIZE = 8

/** Splits families into pieces, and yields to the event loop in between. */
export async function piecesOf(families: AsyncIterable<Family>): Promise<Piece[]> {
  const pieces: Piece[] = []
  const turns = new Turns()
  let piece: SentFamily[] = []
  let size = 0
  for await (const family of distinct(families, 'prometheus', [])) {
    let bounds: readonly number[] | undefined
    let rows = begin(family, bounds)
    for (const series of family.series()) {
      const isCut = size >= PIECE_SIZE
      if (isCut) {
        pieces.push(piece)
        piece = []
        size = 0
      }
      // All series of a part have the same buckets.
      const ownBounds = 'bounds' in series ? series.bounds : undefined
      if (isCut || ownBounds !== bounds) {
        bounds = ownBounds
        rows = begin(family, bounds)
      }
      const numbers = numbersOf(series)
      rows.push([series.labelText, ...numbers])
      size += series.labelText.length + numbers.length * NUMBER_SIZE
      await turns.take()
    }
  }
  pieces.push(piece)
  return pieces

  /** Starts a part of a family. A family without series also has one, because a scrape shows its head. */
  function begin(family: Family, bounds: readonly number[] | undefined): Array<SentFamily['rows'][number]> {
    const { name, help, type } = family
    const begun: Array<SentFamily['rows'][number]> = []
    piece.push({ name, help, type, across: acrossOf(family), ...(bounds && { bounds }), rows: begun })
    size += name.length + help.length + (bounds?.length ?? 0) * NUMBER_SIZE
    return begun
  }
}

function numbersOf(series: Series): Array<number | string> {
  if ('value' in series) return [sent(series.value)]
  if ('bounds' in series) {
    const numbers = [sent(series.sum)]
    for (let bucket = 0; bucket <= series.bounds.length; bucket++) numbers.push(sent(series.inBucket(bucket)))
    return numbers
  }
  const { sum, count, quantiles } = series
  return [sum, count, ...quantiles.flatMap(({ quantile, value }) => [quantile, value])].map(sent)
}

function sent(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}
