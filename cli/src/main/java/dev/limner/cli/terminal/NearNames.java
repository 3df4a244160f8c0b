package dev.limner.cli.terminal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names that somebody may have meant by another one: those a slip of the keyboard away, and none that only share letters. */
final class NearNames {
    private static final int MOST = 3;
    private static final int LETTERS_PER_SLIP = 3;

    private NearNames() {}

    /** The nearest first; those that begin with what was written count as near. */
    static List<String> of(String written, Collection<String> names) {
        int allowed = Math.max(1, bare(written).length() / LETTERS_PER_SLIP);
        return names.stream()
                .filter(name -> name.startsWith(written) || distance(bare(written), bare(name)) <= allowed)
                .sorted(Comparator.comparingInt((String name) -> distance(written, name))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST)
                .toList();
    }

    private static String bare(String name) {
        return name.replaceFirst("^-+", "");
    }

    /** Letters added, left out, replaced, or exchanged with their neighbour. */
    private static int distance(String one, String other) {
        int[][] steps = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                boolean same = one.charAt(i - 1) == other.charAt(j - 1);
                steps[i][j] =
                        Math.min(Math.min(steps[i - 1][j], steps[i][j - 1]) + 1, steps[i - 1][j - 1] + (same ? 0 : 1));
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[one.length()][other.length()];
    }
}
