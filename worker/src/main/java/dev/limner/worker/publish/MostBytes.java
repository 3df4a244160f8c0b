package dev.limner.worker.publish;

/**
 * How large a record may be, in bytes.
 *
 * @param result for the results topic
 * @param letter for the dead-letter topic
 */
record MostBytes(int result, int letter) {
    private static final int LEAST = 8 << 10;

    /**
     * What is left of it after a record was too large: what the topics take now, if that is less than they were thought to;
     * else half, for those that refused a record.
     *
     * @param found what the topics are found to take
     * @param results whether the results topic refused
     * @param letters whether the dead-letter topic refused
     */
    MostBytes lowered(MostBytes found, boolean results, boolean letters) {
        MostBytes least = new MostBytes(Math.min(result, found.result), Math.min(letter, found.letter));
        return least.equals(this)
                ? new MostBytes(results ? halved(result) : result, letters ? halved(letter) : letter)
                : least;
    }

    private static int halved(int bytes) {
        return Math.max(LEAST, bytes / 2);
    }
}
