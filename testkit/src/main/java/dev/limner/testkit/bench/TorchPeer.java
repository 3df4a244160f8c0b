package dev.limner.testkit.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A process that runs the networks and answers what it is asked on its standard input. One thread. */
final class TorchPeer implements AutoCloseable {
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    private TorchPeer(Process process) {
        this.process = process;
        this.requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts one; both sides wait for work the way OpenMP does by default. */
    static TorchPeer start(ProcessBuilder builder) {
        builder.environment().remove("OMP_WAIT_POLICY");
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            return new TorchPeer(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(builder.command().get(0) + " cannot be started", e);
        }
    }

    String ask(String request) {
        try {
            requests.write(request);
            requests.newLine();
            requests.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException(
                        "the process that was asked '" + request + "' ended; its complaint is above");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("the process that was asked '" + request + "' ended", e);
        }
    }

    /** The largest difference of two answers to {@code same}. */
    static double difference(String one, String other) {
        List<Double> left = numbers(one);
        List<Double> right = numbers(other);
        double largest = left.size() == right.size() ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            largest = Math.max(largest, Math.abs(left.get(i) - right.get(i)));
        }
        return largest;
    }

    private static List<Double> numbers(String line) {
        return line.lines()
                .flatMap(text -> List.of(text.split(" ", -1)).stream())
                .map(Double::valueOf)
                .toList();
    }

    @Override
    public void close() {
        try {
            requests.close();
        } catch (IOException e) {
            // It is being stopped either way.
            process.destroyForcibly();
        }
        process.destroy();
    }
}
