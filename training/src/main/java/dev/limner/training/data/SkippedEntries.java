package dev.limner.training.data;

/** Told of what a reader leaves out: nothing is left out silently. */
@FunctionalInterface
public interface SkippedEntries {
    /**
     * @param entry the image, file or line
     * @param reason why, in few words that are the same for all of a kind
     * @param detail what exactly was wrong; may be empty
     */
    void skip(String entry, Reason reason, String detail);

    /**
     * Something is used, and a person should know how.
     *
     * @param entry the image or file
     * @param remark in few words that are the same for all of a kind
     * @param detail what exactly; may be empty
     */
    default void remark(String entry, Remark remark, String detail) {}

    /** Why something was left out. */
    enum Reason {
        UNREADABLE("the image cannot be read"),
        UNSUPPORTED("the image has a format that is not read"),
        TOO_LARGE("the image is too large"),
        NO_PICTURE("there is no image"),
        NO_CAPTION("there is no caption"),
        DUPLICATE("the same image is already there"),
        KEY_TAKEN("another image has its key"),
        MALFORMED("the description cannot be read"),
        BROKEN_LINK("the link leads nowhere or in a circle"),
        CLOSED("the file or folder cannot be opened"),
        BROKEN_SHARD("the shard is cut off or damaged, and what follows is missing"),
        UNKNOWN_FILE("neither an image nor a caption file");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    /** What is said of something that was used. */
    enum Remark {
        FIRST_FRAME("only the first of its frames or pages is used"),
        WARNED("its decoder had something to say"),
        RENAMED("another image has its name, so its key ends with a digest"),
        NAME_MATCHED("its name is written differently in the list"),
        SPLIT_UNKNOWN("its split is not known, as if none were given"),
        CAPTION_DAMAGED("one of its captions holds U+FFFD, for characters lost on the way, and is left out"),
        CAPTION_LONG("one of its captions is longer than a job's may be");

        private final String text;

        Remark(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }
}
