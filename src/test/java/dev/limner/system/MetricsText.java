package dev.limner.system;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a service's metrics say of themselves, in Prometheus' text format. */
final class MetricsText {
    private static final Pattern HELP = Pattern.compile("[A-Z].{10,}\\. Unit: .*[a-z0-9]\\.");

    private MetricsText() {}

    /** Names of Limner's own metrics. */
    static List<String> own(String scraped) {
        return scraped.lines()
                .filter(line -> line.startsWith("# TYPE limner_"))
                .map(line -> line.split(" ", -1)[2])
                .toList();
    }

    /** Those of them without a sentence and a unit. */
    static List<String> undescribed(String scraped) {
        Map<String, String> helps = new HashMap<>();
        scraped.lines().filter(line -> line.startsWith("# HELP ")).forEach(line -> {
            String[] parts = line.split(" ", 4);
            helps.put(parts[2], parts.length == 4 ? parts[3] : "");
        });
        List<String> without = new ArrayList<>();
        own(scraped).forEach(name -> {
            if (!HELP.matcher(helps.getOrDefault(name, "")).matches()) {
                without.add(name + ": " + helps.get(name));
            }
        });
        return without;
    }
}
