package dev.limner.testkit.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPU time of a process by what its threads do, as Linux counts it. Empty where there is no {@code /proc}.
 *
 * @param seconds user and system time since the process started, by part
 */
record ThreadTimes(Map<String, Double> seconds) {
    /** Linux's USER_HZ, the unit of {@code /proc/PID/stat}, is 100 on every architecture the JDK runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Pattern STAT = Pattern.compile("\\d+ \\((.*)\\) \\S (.*)", Pattern.DOTALL);
    private static final int USER_TIME = 10;
    private static final int SYSTEM_TIME = 11;

    ThreadTimes {
        seconds = Map.copyOf(seconds);
    }

    static ThreadTimes of(long pid) {
        Map<String, Double> seconds = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                add(task, seconds);
            }
        } catch (IOException e) {
            return new ThreadTimes(Map.of());
        }
        return new ThreadTimes(seconds);
    }

    private static void add(Path task, Map<String, Double> seconds) {
        String stat;
        try {
            stat = Files.readString(task.resolve("stat"));
        } catch (IOException e) {
            // The thread has ended since it was listed.
            return;
        }
        Matcher matcher = STAT.matcher(stat.strip());
        if (matcher.matches()) {
            String[] fields = matcher.group(2).split(" ", -1);
            double ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
            seconds.merge(part(matcher.group(1)), ticks / TICKS_PER_SECOND, Double::sum);
        }
    }

    /** A thread's part in the work by its name, of which Linux keeps 15 characters. */
    private static String part(String thread) {
        if (thread.startsWith("limner-")) {
            String stage = thread.substring("limner-".length()).replaceAll("[-0-9].*", "");
            return switch (stage) {
                case "force" -> "store";
                case "control" -> "publish";
                default -> stage;
            };
        }
        if (thread.startsWith("kafka-") || thread.startsWith("consumer_backgr")) {
            return "kafka";
        }
        if (thread.startsWith("C1 ") || thread.startsWith("C2 ")) {
            return "jit";
        }
        return thread.startsWith("VM Thread") || thread.startsWith("GC ") ? "gc" : "other";
    }

    /** What was spent since {@code earlier}. */
    Map<String, Double> since(ThreadTimes earlier) {
        Map<String, Double> spent = new TreeMap<>();
        seconds.forEach((part, now) -> {
            double more = now - earlier.seconds.getOrDefault(part, 0.0);
            if (more > 0) {
                spent.put(part, more);
            }
        });
        return spent;
    }
}
