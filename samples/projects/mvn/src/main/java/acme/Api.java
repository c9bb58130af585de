package acme; public class Api { }
