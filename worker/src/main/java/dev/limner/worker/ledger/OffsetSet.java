package dev.limner.worker.ledger;

import java.util.BitSet;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of offsets. Costs one bit for each offset of a stretch that is not full, and next to nothing for a stretch that is;
 * so the million records that finished behind a slow job take a few kilobytes. Not safe for use by several threads at
 * once.
 */
final class OffsetSet {
    private static final int STRETCH = 1 << 16;
    /** Stands for every full stretch; never changed. */
    private static final BitSet FULL = new BitSet(STRETCH);

    static {
        FULL.set(0, STRETCH);
    }

    private final NavigableMap<Long, BitSet> stretches = new TreeMap<>();

    void add(long offset) {
        addRange(offset, offset + 1);
    }

    /** Adds everything from one offset up to, and without, another. */
    @SuppressWarnings("ReferenceEquality") // The full stretch is one object.
    void addRange(long from, long to) {
        long at = from;
        while (at < to) {
            long number = Math.floorDiv(at, STRETCH);
            long end = Math.min(to, (number + 1) * STRETCH);
            BitSet bits = stretches.computeIfAbsent(number, unused -> new BitSet());
            if (bits != FULL) {
                bits.set((int) (at - number * STRETCH), (int) (end - number * STRETCH));
                if (bits.nextClearBit(0) == STRETCH) {
                    stretches.put(number, FULL);
                }
            }
            at = end;
        }
    }

    /** Adds {@code from + n} for every bit n. */
    void addAll(long from, BitSet bits) {
        for (int at = bits.nextSetBit(0); at >= 0; ) {
            int end = bits.nextClearBit(at);
            addRange(from + at, from + end);
            at = bits.nextSetBit(end);
        }
    }

    /** Adds what another set holds from an offset on. */
    void addAll(OffsetSet other, long from) {
        for (long at = other.nextSet(from); at >= 0; ) {
            long end = other.nextClear(at);
            addRange(at, end);
            at = other.nextSet(end);
        }
    }

    boolean contains(long offset) {
        long number = Math.floorDiv(offset, STRETCH);
        BitSet bits = stretches.get(number);
        return bits != null && bits.get((int) (offset - number * STRETCH));
    }

    /** The first offset that is not in the set, from one on. */
    long nextClear(long from) {
        long at = from;
        while (true) {
            long number = Math.floorDiv(at, STRETCH);
            BitSet bits = stretches.get(number);
            if (bits == null) {
                return at;
            }
            int clear = bits.nextClearBit((int) (at - number * STRETCH));
            at = number * STRETCH + clear;
            if (clear < STRETCH) {
                return at;
            }
        }
    }

    /** The first offset in the set, from one on; -1 if there is none. */
    long nextSet(long from) {
        long number = Math.floorDiv(from, STRETCH);
        int start = (int) (from - number * STRETCH);
        for (var stretch : stretches.tailMap(number, true).entrySet()) {
            int set = stretch.getValue().nextSetBit(stretch.getKey() == number ? start : 0);
            if (set >= 0) {
                return stretch.getKey() * STRETCH + set;
            }
        }
        return -1;
    }

    /** The greatest offset in the set; -1 if it is empty. */
    long last() {
        var stretch = stretches.lastEntry();
        return stretch == null
                ? -1
                : stretch.getKey() * STRETCH + stretch.getValue().length() - 1;
    }

    /** Bit n for {@code from + n}, up to, and without, an offset less than 2^31 away. */
    BitSet relative(long from, long to) {
        BitSet bits = new BitSet();
        for (long at = nextSet(from); at >= 0 && at < to; ) {
            long end = nextClear(at);
            bits.set((int) (at - from), (int) (Math.min(end, to) - from));
            at = nextSet(end);
        }
        return bits;
    }

    /** Forgets whatever lies before an offset, or at least all of it that costs anything. */
    void forgetBefore(long offset) {
        stretches.headMap(Math.floorDiv(offset, STRETCH), false).clear();
    }

    boolean isEmpty() {
        return stretches.isEmpty();
    }

    /** How many offsets the set holds. */
    long size() {
        return stretches.values().stream().mapToLong(BitSet::cardinality).sum();
    }
}
