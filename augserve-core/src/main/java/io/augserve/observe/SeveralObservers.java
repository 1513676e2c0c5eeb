package io.augserve.observe;

import java.util.List;

/** Tells one after the other; each is guarded, so each is told. */
record SeveralObservers(List<ServerObserver> observers) implements ServerObserver {
    @Override
    public void observe(ServerEvent event) {
        for (ServerObserver observer : observers) {
            observer.observe(event);
        }
    }

    @Override
    public boolean watchesTokens() {
        return observers.stream().anyMatch(ServerObserver::watchesTokens);
    }
}
