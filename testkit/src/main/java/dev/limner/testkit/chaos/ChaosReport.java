package dev.limner.testkit.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.testkit.chaos.ChaosRun.Struck;
import dev.limner.testkit.chaos.check.DeliveryChecker;
import dev.limner.testkit.chaos.cluster.TestCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/** What a run showed, for people and for programs. */
final class ChaosReport {
    private final TestCluster cluster;
    private final List<Struck> struck;
    private final DeliveryChecker.Account account;

    ChaosReport(TestCluster cluster, List<Struck> struck) {
        this.cluster = cluster;
        this.struck = struck;
        this.account = cluster.checker().account();
    }

    /** Whether nothing was lost, doubled, dangling or otherwise wrong. */
    boolean clean() {
        return account.lost() == 0
                && account.duplicated() == 0
                && account.dangling() == 0
                && cluster.violations().count() == 0;
    }

    private Map<String, List<Struck>> byKind() {
        return struck.stream()
                .filter(Struck::counts)
                .collect(Collectors.groupingBy(Struck::kind, TreeMap::new, Collectors.toList()));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("fault                 seen   recovery median   worst");
        byKind().forEach((kind, all) -> lines.add(
                String.format(Locale.ROOT, "%-20s %5d %14.1f s %6.1f s", kind, all.size(), median(all), worst(all))));
        List<String> unseen =
                struck.stream().filter(one -> !one.counts()).map(Struck::kind).toList();
        if (!unseen.isEmpty()) {
            lines.add("without a visible effect, not counted: " + String.join(", ", unseen));
        }
        lines.add("");
        lines.add(account.jobs() + " job records, " + account.answered() + " results "
                + cluster.checker().statuses() + ", " + account.images() + " images and " + account.letters()
                + " dead letters looked at, " + cluster.checker().gone() + " gone with their topic, "
                + cluster.redrawn() + " generated again, "
                + cluster.workers().deaths() + " workers died, ledgers with work beyond the offset seen "
                + cluster.offsets().outOfOrder() + " times");
        lines.add("lost " + account.lost() + ", duplicated " + account.duplicated() + ", dangling " + account.dangling()
                + ", violations " + cluster.violations().count());
        cluster.violations().told().forEach(violation -> lines.add("  " + violation));
        return lines;
    }

    String json(long seed, int brokers, double seconds) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("seed", seed);
        json.put("brokers", brokers);
        json.put("jobs", account.jobs());
        json.put("faults", byKind().values().stream().mapToInt(List::size).sum());
        json.put("faultKinds", byKind().size());
        json.put("lost", account.lost());
        json.put("duplicated", account.duplicated());
        json.put("dangling", account.dangling());
        json.put("violations", cluster.violations().count());
        json.put("results", account.answered());
        json.put("pictures", account.images());
        json.put("deadLetters", account.letters());
        json.put("gone", cluster.checker().gone());
        json.put("workerDeaths", cluster.workers().deaths());
        json.put("outOfOrderLedgers", cluster.offsets().outOfOrder());
        json.put("seconds", Math.round(seconds));
        ObjectNode recovery = json.putObject("recoverySeconds");
        byKind().forEach((kind, all) -> {
            ObjectNode one = recovery.putObject(kind);
            one.put("seen", all.size());
            one.put("median", rounded(median(all)));
            one.put("worst", rounded(worst(all)));
        });
        cluster.violations().told().forEach(json.withArray("firstViolations")::add);
        return json.toString();
    }

    private static double median(List<Struck> all) {
        return new Median()
                .evaluate(all.stream().mapToDouble(Struck::recoverySeconds).toArray());
    }

    private static double worst(List<Struck> all) {
        return all.stream().mapToDouble(Struck::recoverySeconds).max().orElse(0);
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 10) / 10.0;
    }
}
