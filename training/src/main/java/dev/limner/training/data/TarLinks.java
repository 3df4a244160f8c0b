package dev.limner.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the links of a tar file lead to. A link may stand before its target, so the file is read twice more: once for the
 * links, once for the bytes.
 */
final class TarLinks {
    private static final long MOST_BYTES = 256L << 20;

    private final Map<String, String> links = new HashMap<>();
    private final Map<String, byte[]> bytes = new HashMap<>();

    private TarLinks() {}

    static TarLinks of(Path tarball) {
        TarLinks links = new TarLinks();
        links.readLinks(tarball);
        links.readTargets(tarball);
        return links;
    }

    /** The bytes a link leads to, through other links if need be; null if it leads nowhere or in a circle. */
    byte @Nullable [] follow(String name) {
        String end = end(normal("", name));
        return end == null ? null : bytes.get(end);
    }

    private void readLinks(Path tarball) {
        walk(tarball, new TarReader.Entries() {
            @Override
            public void take(String name, long size, InputStream content) {}

            @Override
            public void link(String name, String target, boolean symbolic) {
                String from = normal("", name);
                String to = normal(symbolic ? parent(name) : "", target);
                if (from != null && to != null) {
                    links.put(from, to);
                }
            }
        });
    }

    private void readTargets(Path tarball) {
        Set<String> wanted = new HashSet<>();
        for (String name : links.keySet()) {
            String end = end(name);
            if (end != null) {
                wanted.add(end);
            }
        }
        long[] left = {MOST_BYTES};
        walk(tarball, (name, size, content) -> {
            String normal = normal("", name);
            if (normal != null && wanted.contains(normal) && size <= left[0]) {
                left[0] -= size;
                bytes.put(normal, content.readAllBytes());
            }
        });
    }

    private static void walk(Path tarball, TarReader.Entries entries) {
        try {
            TarReader.walk(tarball, entries);
        } catch (IOException e) {
            // Whoever reads the entries themselves says so.
        }
    }

    private @Nullable String end(@Nullable String name) {
        Set<String> passed = new HashSet<>();
        String at = name;
        while (at != null && links.containsKey(at)) {
            at = passed.add(at) ? links.get(at) : null;
        }
        return at;
    }

    private static String parent(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    /** Without {@code .} and {@code ..}; null for what lies outside of the file. */
    private static @Nullable String normal(String folder, String name) {
        if (name.startsWith("/")) {
            return null;
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : (folder + name).split("/", -1)) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    return null;
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }
}
