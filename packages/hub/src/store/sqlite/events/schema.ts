/** The kinds of events, as prefixes of the tables. */
export type Signal = 'span' | 'log'

/**
 * Tables of one kind of events. Rows are stored in blocks of up to about a thousand, in the order of arrival: `first` is the number of the
 * first row of a block, and the rows of a file are numbered without gaps. `min` and `max` are milliseconds since 1970, `arrived` is
 * the time of the commit. `top` is the longest duration in milliseconds, rounded up, or the highest severity.
 *
 * Small commits make small blocks, which are merged soon. Blocks that stay are `indexed`: the full-text index has a document for
 * each, with its distinct words and the words of its traces. So the index stays small, and a search tests the rows of a block that
 * has all its words. Blocks that are not indexed are tested without the index.
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
  CREATE VIRTUAL TABLE ${signal}_words USING fts5(
    words, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '_~'"
  );
  INSERT INTO ${signal}_words (${signal}_words, rank) VALUES ('automerge', 8);`

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

/** The tables of a segment, and of a file of kept events. */
export const SEGMENT_SCHEMA = `${tablesOf('span')}${tablesOf('log')}${ERRORS};${SOURCES}`
