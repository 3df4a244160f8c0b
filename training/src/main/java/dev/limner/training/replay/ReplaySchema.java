package dev.limner.training.replay;

import java.nio.file.Path;
import org.jdbi.v3.core.Handle;

/** The tables. */
final class ReplaySchema {
    private static final int VERSION = 1;

    private ReplaySchema() {}

    /** @throws IllegalStateException if the file belongs to another version */
    static void prepare(Handle handle, Path file) {
        int found =
                handle.createQuery("PRAGMA user_version").mapTo(Integer.class).one();
        if (found == VERSION) {
            additions(handle);
            return;
        }
        if (found != 0) {
            throw new IllegalStateException(file + " has version " + found + ", this build reads " + VERSION);
        }
        handle.execute("CREATE TABLE position(topic TEXT, part INTEGER, next INTEGER NOT NULL,"
                + " PRIMARY KEY(topic, part))");
        handle.execute("CREATE TABLE picture(sha256 TEXT PRIMARY KEY, model TEXT NOT NULL, caption TEXT NOT NULL,"
                + " seed INTEGER NOT NULL, number INTEGER NOT NULL, features BLOB NOT NULL)");
        handle.execute("CREATE TABLE entry(seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
                + " topic TEXT NOT NULL, part INTEGER NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL,"
                + " image TEXT NOT NULL REFERENCES picture(sha256), other TEXT REFERENCES picture(sha256),"
                + " rater TEXT NOT NULL, at INTEGER NOT NULL, model TEXT NOT NULL, verdict INTEGER,"
                + " subject TEXT NOT NULL)");
        handle.execute("CREATE INDEX entry_by_subject ON entry(rater, subject)");
        handle.execute("CREATE INDEX entry_by_image ON entry(image)");
        handle.execute("CREATE INDEX entry_by_other ON entry(other)");
        handle.execute("CREATE TABLE gone(seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE)");
        handle.execute("CREATE TABLE tally(rater TEXT, hour INTEGER, entries INTEGER NOT NULL,"
                + " PRIMARY KEY(rater, hour))");
        handle.execute("CREATE TABLE refusal(code TEXT PRIMARY KEY, entries INTEGER NOT NULL)");
        handle.execute("CREATE TABLE round(id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL,"
                + " body TEXT NOT NULL)");
        additions(handle);
        handle.execute("PRAGMA user_version = " + VERSION);
    }

    /**
     * What came later and older builds pass over: they name the columns they write, so that a trainer may go back to one
     * and forth again. {@code arrived} is null in what they wrote.
     */
    private static void additions(Handle handle) {
        boolean told = handle.createQuery(
                        "SELECT EXISTS(SELECT 1 FROM pragma_table_info('entry') WHERE name = 'arrived')")
                .mapTo(Boolean.class)
                .one();
        if (!told) {
            handle.execute("ALTER TABLE entry ADD COLUMN arrived INTEGER");
        }
        handle.execute("CREATE TABLE IF NOT EXISTS judges(identity TEXT NOT NULL)");
        handle.execute("CREATE TABLE IF NOT EXISTS source(topic TEXT PRIMARY KEY, identity TEXT NOT NULL)");
        handle.execute("CREATE TABLE IF NOT EXISTS vote(seq INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL,"
                + " rater TEXT NOT NULL, arrived INTEGER NOT NULL, liked INTEGER NOT NULL)");
        handle.execute("CREATE INDEX IF NOT EXISTS vote_by_arrival ON vote(arrived)");
    }
}
