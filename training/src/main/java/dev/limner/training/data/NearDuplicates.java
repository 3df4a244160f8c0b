package dev.limner.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds images that are nearly the same.
 *
 * <p>Two images are near whose thumbnails differ by at most {@link #LINK} of 255 in the root mean square. Of images of one
 * subject that are nearly equal one stands for all, or a long shot of a film would be compared with every frame of it; so of
 * two images that differ by up to {@link #SURE} the second always finds the first, or one that stands for it.
 *
 * <p>Thumbnails lie in the cells of a grid over their first few {@link Thumbnail#sums}. A search looks into the cells that a
 * near image can lie in, passes over what differs too much in one of the sums, and compares the rest: it misses none, and
 * among a hundred thousand images takes microseconds.
 */
final class NearDuplicates {
    /** Images that differ by no more are of one subject. */
    static final int LINK = 12;

    /** Images of one subject that differ by no more are one for the search. */
    static final int THIN = 3;

    /** Images that differ by no more are always found to be of one subject. */
    static final int SURE = LINK - THIN;

    private static final int MOST = LINK * LINK * Thumbnail.LENGTH;
    private static final int MOST_THIN = THIN * THIN * Thumbnail.LENGTH;

    /** By which a sum of two near images can differ. */
    private static final int REACH = LINK * Thumbnail.LENGTH;

    private static final int GRID = 5;
    private static final int CELL = REACH;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final Map<Long, Cell> cells = new HashMap<>();

    /** An image that was added. */
    record Member(String subject, String key, Thumbnail thumbnail) {}

    /**
     * An image near the one that was asked about.
     *
     * @param difference the sum of squared differences of their thumbnails
     */
    record Near(Member member, int difference) {}

    /** Images whose first sums are alike. */
    private static final class Cell {
        private final List<Member> members = new ArrayList<>(1);
        private int[] sums = new int[Thumbnail.SUMS];

        void add(Member added, int[] its) {
            int at = members.size() * Thumbnail.SUMS;
            if (at == sums.length) {
                sums = Arrays.copyOf(sums, 2 * at);
            }
            System.arraycopy(its, 0, sums, at, Thumbnail.SUMS);
            members.add(added);
        }

        void find(Thumbnail thumbnail, int[] its, List<Near> found) {
            for (int i = 0; i < members.size(); i++) {
                if (mayBeNear(i * Thumbnail.SUMS, its)) {
                    int difference = members.get(i).thumbnail().difference(thumbnail, MOST);
                    if (difference <= MOST) {
                        found.add(new Near(members.get(i), difference));
                    }
                }
            }
        }

        private boolean mayBeNear(int start, int[] its) {
            for (int i = 0; i < Thumbnail.SUMS; i++) {
                if (Math.abs(sums[start + i] - its[i]) > REACH) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Those that are near, in no certain order. */
    List<Near> find(Thumbnail thumbnail) {
        List<Near> found = new ArrayList<>();
        visit(thumbnail.sums(), 0, 0, thumbnail, found);
        return found;
    }

    private void visit(int[] sums, int dimension, long name, Thumbnail thumbnail, List<Near> found) {
        if (dimension == GRID) {
            Cell cell = cells.get(name);
            if (cell != null) {
                cell.find(thumbnail, sums, found);
            }
            return;
        }
        int last = Math.floorDiv(sums[dimension] + REACH, CELL);
        for (int at = Math.floorDiv(sums[dimension] - REACH, CELL); at <= last; at++) {
            visit(sums, dimension + 1, next(name, at), thumbnail, found);
        }
    }

    /** Cells have 64 bits for a name; two of one name are searched together. */
    private static long next(long name, int at) {
        return Long.rotateLeft((name ^ at) * SPREAD, 29);
    }

    /**
     * Remembers an image.
     *
     * @param near what {@link #find} has found for it just now
     */
    void add(Member added, List<Near> near) {
        boolean stoodFor = near.stream()
                .anyMatch(other -> other.difference() <= MOST_THIN
                        && other.member().subject().equals(added.subject()));
        if (stoodFor) {
            return;
        }
        int[] sums = added.thumbnail().sums();
        long name = 0;
        for (int dimension = 0; dimension < GRID; dimension++) {
            name = next(name, Math.floorDiv(sums[dimension], CELL));
        }
        cells.computeIfAbsent(name, key -> new Cell()).add(added, sums);
    }
}
