package dev.limner.trainer.service;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages from changing anything: a page that an operator has open can reach whatever listens on their machine, and
 * there is no login that would stop it. Whatever changes something must say that it is JSON, which no page of another site
 * can without asking first, and must not come from a page at all: browsers say so in {@code Origin} and
 * {@code Sec-Fetch-Site}. A comparison of {@code Origin} with {@code Host} would not do: a name that a stranger points at
 * this machine is equal in both.
 */
@Provider
public class PageGuard implements ContainerRequestFilter {
    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    @Override
    public void filter(ContainerRequestContext request) {
        refusal(
                        request.getMethod(),
                        request.getHeaderString(HttpHeaders.CONTENT_TYPE),
                        request.getHeaderString("Origin"),
                        request.getHeaderString("Sec-Fetch-Site"))
                .ifPresent(refusal -> request.abortWith(Response.status(refusal.status())
                        .type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(new TrainerResource.Problem(refusal.why()))
                        .build()));
    }

    /** Why a request is not carried out. */
    record Refusal(Response.Status status, String why) {}

    /** What is wrong with a request; empty for one that only reads, or that no page made. */
    static Optional<Refusal> refusal(
            String method, @Nullable String contentType, @Nullable String origin, @Nullable String fetchSite) {
        if (READING.contains(method)) {
            return Optional.empty();
        }
        if (origin != null || (fetchSite != null && !fetchSite.equals("none"))) {
            return Optional.of(new Refusal(
                    Response.Status.FORBIDDEN, "requests of web pages change nothing here; use limner tune or curl"));
        }
        String type = contentType == null ? "" : contentType.split(";", 2)[0].trim();
        return type.toLowerCase(Locale.ROOT).equals(MediaType.APPLICATION_JSON)
                ? Optional.empty()
                : Optional.of(new Refusal(
                        Response.Status.UNSUPPORTED_MEDIA_TYPE,
                        "the content type is '" + type + "', must be application/json"));
    }
}
