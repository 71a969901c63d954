import socket
import urllib.request

import pytest


def test_a_test_that_reaches_for_the_network_is_refused():
    with pytest.raises(ConnectionRefusedError, match="tests may not reach the network"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    with socket.socket() as plain, pytest.raises(ConnectionRefusedError):
        plain.connect_ex(("127.0.0.1", 9))
    with pytest.raises(OSError, match="may not reach"):
        urllib.request.urlopen("http://127.0.0.1:9/", timeout=0.1)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no socket files")
def test_socket_files_still_work(tmp_path):
    place = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(place)
        server.listen(1)
        client.connect(place)
