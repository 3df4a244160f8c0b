package dev.limner.launcher;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ports that a user chose, looked at before anything is started that could only fail later. */
public final class PortChecks {
    private static final int LARGEST = 65_535;

    private PortChecks() {}

    /**
     * A port somebody is going to listen on.
     *
     * @param option what the user may change: {@code --http-port}
     * @param number the port; 0 for any free one
     * @param purpose who listens there, for messages
     */
    public record Wanted(String option, int number, String purpose) {
        public Wanted {
            if (number < 0 || number > LARGEST) {
                throw new UsageException(
                        option + " makes " + number + " the port of " + purpose + ", must be from 0 to " + LARGEST);
            }
        }
    }

    /**
     * Looks whether all of them can be had on the loopback interface.
     *
     * @throws UsageException if two of them are the same
     * @throws IllegalStateException if one is in use; the message names the option, the port and, if it can be found, who
     *     has it
     */
    public static void require(List<Wanted> all) {
        Map<Integer, Wanted> seen = new HashMap<>();
        for (Wanted port : all) {
            Wanted other = port.number() == 0 ? null : seen.put(port.number(), port);
            if (other != null) {
                throw new UsageException("port " + port.number() + " is wanted by " + other.purpose() + " ("
                        + other.option() + ") and by " + port.purpose() + " (" + port.option() + ")");
            }
        }
        seen.values().forEach(PortChecks::requireFree);
    }

    @SuppressWarnings("try")
    private static void requireFree(Wanted port) {
        try (ServerSocket socket = new ServerSocket(port.number(), 1, InetAddress.getLoopbackAddress())) {
            // It can be had.
        } catch (BindException e) {
            String holder = PortHolder.describe(port.number()).orElse("another process");
            throw new IllegalStateException("port " + port.number() + " for " + port.purpose() + " is in use by "
                    + holder + "; stop it or give another " + port.option());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "port " + port.number() + " (" + port.option() + ") cannot be opened: " + e.getMessage(), e);
        }
    }
}
