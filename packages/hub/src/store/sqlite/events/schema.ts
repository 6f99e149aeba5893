import type { FileFormat } from '../files/database.ts'

/** The kinds of events, as prefixes of the tables. */
export type Signal = 'span' | 'log'

/**
 * Tables of one kind of events. Rows are stored in blocks of up to about a thousand, in the order of arrival: `first` is the number of the
 * first row of a block, and the rows of a file are numbered without gaps. `min` and `max` are milliseconds since 1970, `arrived` is
 * the time of the commit. `top` is the longest duration in milliseconds, rounded up, or the highest severity.
 *
 * Small commits make small blocks, which are merged soon. Blocks that stay are `indexed`: the index of words has the hashes of each
 * one's distinct words and traces, in runs of blocks (`words/index-codec.ts`). So the index stays small, and a search tests the
 * rows of a block that has all its words. Blocks that are not indexed are tested without the index.
 */
const tablesOf = (signal: Signal) => `
  CREATE TABLE ${signal}_blocks (
    first INTEGER PRIMARY KEY, rows INTEGER NOT NULL, min INTEGER NOT NULL, max INTEGER NOT NULL, top INTEGER NOT NULL,
    arrived INTEGER NOT NULL, indexed INTEGER NOT NULL
  );
  CREATE INDEX ${signal}_tail ON ${signal}_blocks (first) WHERE indexed = 0;
  CREATE TABLE ${signal}_data (
    first INTEGER PRIMARY KEY, times BLOB NOT NULL, ids BLOB NOT NULL, main BLOB NOT NULL, more BLOB NOT NULL
  );
  CREATE TABLE ${signal}_runs (
    id INTEGER PRIMARY KEY, level INTEGER NOT NULL, min INTEGER NOT NULL, max INTEGER NOT NULL, blocks TEXT NOT NULL
  );
  CREATE TABLE ${signal}_words (key INTEGER PRIMARY KEY, words BLOB NOT NULL);`

/**
 * Exceptions of spans and log records, for the error groups. `source` and `row` are the event that has it. The message is null where it is
 * that of the group, which is the first of this file.
 */
const ERRORS = `
  CREATE TABLE error_groups (
    id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, type TEXT NOT NULL, message TEXT NOT NULL, stack TEXT NOT NULL
  );
  CREATE TABLE error_origins (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, instance TEXT NOT NULL, version TEXT NOT NULL,
    UNIQUE (service, instance, version)
  );
  CREATE TABLE exceptions (
    id INTEGER PRIMARY KEY, error INTEGER NOT NULL, origin INTEGER NOT NULL, ms INTEGER NOT NULL, ns INTEGER NOT NULL,
    source TEXT NOT NULL, row INTEGER NOT NULL, trace BLOB NOT NULL, span BLOB NOT NULL,
    route TEXT NOT NULL, user TEXT NOT NULL, message TEXT
  );
  CREATE INDEX exceptions_of ON exceptions (error, ms)`

/** In a file of kept events: the segments whose events are here. */
const SOURCES = 'CREATE TABLE sources (file TEXT PRIMARY KEY) WITHOUT ROWID'

/** The format of a segment, and of a file of kept events. Version 1 had a full-text index of SQLite. */
export const SEGMENT_FORMAT: FileFormat = {
  version: 2,
  tables: `${tablesOf('span')}${tablesOf('log')}${ERRORS};${SOURCES}`,
}
