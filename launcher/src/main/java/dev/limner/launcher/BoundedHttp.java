package dev.limner.launcher;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests to services of the fleet. The JDK's client bounds the time until an answer begins, not the time until it is
 * there: a body that never comes is waited for without end. Plain HTTP/1.1: no service here speaks another.
 */
public final class BoundedHttp {
    private BoundedHttp() {}

    /**
     * Sends a request and reads the answer.
     *
     * @param within for all of it
     * @throws HttpTimeoutException if the whole answer is not there by then
     * @throws IOException if there is none
     */
    public static HttpResponse<String> send(HttpRequest request, Duration within)
            throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try {
            return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                    .get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException(
                    request.uri() + " has not answered in full within " + within.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            // Without this the client's end waits for what was given up.
            client.shutdownNow();
        }
    }
}
